export default function Home() {
  return <h1>The ceiling</h1>;
}
