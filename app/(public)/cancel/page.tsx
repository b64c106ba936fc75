import type { Metadata } from "next";
import { Lost } from "@/components/lost";

export const metadata: Metadata = { title: "Checkout left" };

export default function CancelPage() {
  return (
    <Lost title="Nothing was charged.">
      <p>
        You left Checkout before paying. The prices are where you left them, whenever you want to come back.
      </p>
    </Lost>
  );
}
