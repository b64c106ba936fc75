export function SiteFooter() {
  return (
    <footer className="border-line border-t">
      <div className="page grid gap-x-8 gap-y-3 py-8 text-iron text-sm md:grid-cols-12">
        <p className="label md:col-span-3">TitanForge</p>
        <p className="max-w-prose leading-relaxed md:col-span-6">
          Payments are taken by Stripe on its own page. Your card number never reaches us. Prices are in US
          dollars.
        </p>
        <nav aria-label="Footer" className="flex gap-x-6 md:col-span-3 md:justify-end">
          <a href="/pricing" className="link inline-flex min-h-11 items-center md:min-h-0 md:items-start">
            Prices
          </a>
          <a href="/account" className="link inline-flex min-h-11 items-center md:min-h-0 md:items-start">
            Your account
          </a>
        </nav>
      </div>
    </footer>
  );
}
