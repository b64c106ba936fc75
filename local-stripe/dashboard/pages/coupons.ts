import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import { type Coupon, coupons } from "../../objects/coupon";
import { type PromotionCode, promotionCodes } from "../../objects/promotion-code";
import { badge, code, heading, hint, panel, time } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { latest, listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";
import { customerLink } from "../parts/tables";

const MOST_ROWS = 50;

export function couponsPage(query: Query, here: string): Promise<Response> {
  const found = listing(coupons.all(), query);
  return frame(
    here,
    "Coupons",
    html`${heading("Billing", "Coupons")}
      ${table(
        "Coupons, newest first",
        [
          { label: "Coupon", cell: ({ id, name }: Coupon) => link(id, name) },
          { label: "Takes off", cell: takesOff },
          { label: "For", cell: forHowLong },
          { label: "State", cell: ({ valid }) => (valid ? badge("active", "valid") : badge("expired")) },
          { label: "Redeemed", cell: ({ times_redeemed }) => times_redeemed, figures: true },
        ],
        found.rows,
        "No coupons yet. They are created through the API.",
      )}
      ${pager("/coupons", found)}
      ${panel(
        "Promotion codes",
        table(
          "Promotion codes, newest first",
          [
            { label: "Code", cell: (promotion: PromotionCode) => link(promotion.id, promotion.code) },
            { label: "Coupon", cell: ({ promotion }) => link(promotion.coupon) },
            {
              label: "State",
              cell: ({ active }) => (active ? badge("active") : badge("expired", "inactive")),
            },
            { label: "Only for", cell: ({ customer }) => (customer ? customerLink(customer) : "everybody") },
            { label: "Created (UTC)", cell: ({ created }) => time(created) },
            { label: "Redeemed", cell: ({ times_redeemed }) => times_redeemed, figures: true },
          ],
          latest(promotionCodes.all(), MOST_ROWS),
          html`No promotion codes yet. Customers type them on a checkout that has ${code("allow_promotion_codes")}.`,
        ),
        promotionCodes.size > MOST_ROWS ? hint(`The newest ${MOST_ROWS} of ${promotionCodes.size}.`) : "",
      )}`,
  );
}

const takesOff = ({ percent_off, amount_off, currency }: Coupon) =>
  percent_off === null ? formatAmount(amount_off ?? 0, currency ?? "usd") : `${percent_off} %`;

const forHowLong = ({ duration, duration_in_months }: Coupon) =>
  duration === "repeating" ? `${duration_in_months} months` : duration;
