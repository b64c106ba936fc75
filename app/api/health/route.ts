import { sql } from "drizzle-orm";
import { db } from "@/db";

/** 200 when this instance can do its work, which needs the database. */
export async function GET() {
  try {
    await db.execute(sql`select 1`);
    return Response.json({ status: "ok" });
  } catch {
    return Response.json({ status: "The database cannot be reached." }, { status: 503 });
  }
}
