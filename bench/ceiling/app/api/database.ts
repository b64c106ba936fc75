import postgres from "postgres";

export const sql = postgres(process.env.CEILING_URL ?? "postgres://build", { max: 10, fetch_types: false });
