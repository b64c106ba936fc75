export * from "./billing";
export * from "./reconcile";
export * from "./users";
