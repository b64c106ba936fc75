export * from "./billing";
export * from "./inbox";
export * from "./reconcile";
export * from "./users";
