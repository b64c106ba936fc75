import type { Metadata } from "next";
import { NotFound } from "@/components/lost";

export const metadata: Metadata = { title: "Not found" };

export default NotFound;
