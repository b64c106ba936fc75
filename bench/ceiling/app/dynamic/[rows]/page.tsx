import { List } from "../../list";

export const dynamic = "force-dynamic";

export default async function Page({ params }: { params: Promise<{ rows: string }> }) {
  return <List rows={Number((await params).rows)} />;
}
