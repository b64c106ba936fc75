import { List } from "../../list";

export const revalidate = 3600;
/** Each number of rows is cached from its first visit on. */
export const generateStaticParams = () => [];

export default async function Page({ params }: { params: Promise<{ rows: string }> }) {
  return <List rows={Number((await params).rows)} />;
}
