import type { z } from "zod";
import {
  attach,
  createBankAccount,
  createPaymentMethod,
  detach,
  findOrCreatePaymentMethod,
  inTwoYears,
} from "../billing/payments/payment-methods";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing, noSuch, StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import {
  address,
  choice,
  email,
  emptyable,
  group,
  integer,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
} from "../kit/params";
import { customers } from "../objects/customer";
import {
  type BillingDetails,
  noBillingDetails,
  type PaymentMethod,
  paymentMethods,
} from "../objects/payment-method";
import { accountByNumber, TEST_ROUTING_NUMBER } from "../objects/test-bank-accounts";
import { cardByNumber, sharedCard } from "../objects/test-cards";
import { inTimeOf } from "../objects/test-clock";

const billingDetails = group(
  optional({
    address: emptyable(address),
    email: emptyable(email),
    name: emptyable(text),
    phone: emptyable(text),
  }),
);

type Given = Partial<Omit<BillingDetails, "address">> & {
  address?: Partial<NonNullable<BillingDetails["address"]>> | null;
};

function wholeDetails(before: BillingDetails, given: Given | undefined): BillingDetails {
  const { address: _, ...rest } = given ?? {};
  const noAddress = noBillingDetails.address as NonNullable<BillingDetails["address"]>;
  const base = { ...before, ...rest };
  return given?.address === undefined ? base : { ...base, address: { ...noAddress, ...given.address } };
}

const cardParams = group(
  optional({
    token: text,
    number: text,
    exp_month: integerFrom(1, 12),
    exp_year: integerFrom(2000, 2100),
    cvc: text,
  }),
);

const accountParams = group(
  optional({
    account_holder_type: choice("company", "individual"),
    account_number: text,
    account_type: choice("checking", "savings"),
    routing_number: text,
  }),
);

function bankAccount(
  given: z.output<typeof accountParams> | undefined,
  shared: Pick<PaymentMethod, "billing_details" | "metadata">,
): PaymentMethod {
  const { account_number, routing_number, ...kind } = given ?? {};
  if (!account_number) throw missing("us_bank_account[account_number]");
  if (!shared.billing_details.name) throw missing("billing_details[name]");
  if (routing_number !== TEST_ROUTING_NUMBER) {
    throw invalid("The routing number provided is invalid.", {
      code: "routing_number_invalid",
      param: "us_bank_account[routing_number]",
    });
  }
  const account = accountByNumber(account_number);
  if (account) return createBankAccount(account, kind, shared);
  throw invalid("You must use a test bank account number in test mode.", {
    code: "account_number_invalid",
    param: "us_bank_account[account_number]",
  });
}

export const paymentMethodResource: Resource = {
  routes: {
    "POST /v1/payment_methods": call(
      {
        type: choice("card", "us_bank_account"),
        ...optional({
          billing_details: billingDetails,
          card: cardParams,
          metadata,
          us_bank_account: accountParams,
        }),
      },
      ({ type, card, us_bank_account, billing_details, metadata }) => {
        const shared = {
          billing_details: wholeDetails(noBillingDetails, billing_details),
          metadata: mergeMetadata({}, metadata),
        };
        if (type === "us_bank_account") return bankAccount(us_bank_account, shared);
        if (!card) throw missing("card");
        const { token, number, exp_month, exp_year } = card;
        const test = token ? sharedCard(token) : cardByNumber((number ?? "").replace(/\D/g, ""));
        if (token && !test) throw noSuch("token", token, "card[token]");
        if (!test) {
          throw new StripeError(402, {
            type: "card_error",
            code: "incorrect_number",
            message: "Your card number is incorrect.",
            param: "card[number]",
          });
        }
        if (number && (exp_month === undefined || exp_year === undefined)) throw missing("card[exp_month]");
        const expiry =
          exp_month !== undefined && exp_year !== undefined ? { exp_month, exp_year } : inTwoYears();
        return createPaymentMethod(test, expiry, shared);
      },
    ),

    "GET /v1/payment_methods": list(
      optional({ customer: text, type: choice("card", "us_bank_account") }),
      ({ customer, type }) =>
        customer ? paymentMethods.where({ customer: find(customers, customer, "customer").id, type }) : [],
    ),

    "GET /v1/payment_methods/:id": call({}, (_, { id }) => find(paymentMethods, id)),

    "POST /v1/payment_methods/:id": call(
      optional({
        billing_details: billingDetails,
        card: group(optional({ exp_month: integerFrom(1, 12), exp_year: integer })),
        metadata,
      }),
      ({ billing_details, card, metadata }, { id }) => {
        const method = find(paymentMethods, id);
        if (method.customer === null) {
          throw invalid("You must save this PaymentMethod to a customer before you can update it.");
        }
        const updated = paymentMethods.put({
          ...method,
          billing_details: wholeDetails(method.billing_details, billing_details),
          metadata: mergeMetadata(method.metadata ?? {}, metadata),
          ...(method.card ? { card: { ...method.card, ...card } } : {}),
        });
        emit("payment_method.updated", updated, method);
        return updated;
      },
    ),

    "POST /v1/payment_methods/:id/attach": call({ customer: text }, ({ customer }, { id }) => {
      find(customers, customer, "customer");
      return inTimeOf(customer, () => attach(findOrCreatePaymentMethod(id, "id"), customer));
    }),

    "POST /v1/payment_methods/:id/detach": call({}, (_, { id }) => {
      const method = find(paymentMethods, id);
      return inTimeOf(method.customer, () => detach(method));
    }),
  },
};
