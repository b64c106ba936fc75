import type postgres from "postgres";

/**
 * A shop that has been running for a while: so many payments, each with its invoice and its event, five of a person; of
 * everything else each person has one. One statement a table, since a million rows one by one take an hour.
 */
export async function fillTables(sql: postgres.Sql, count: number) {
  const users = Math.ceil(count / 5);
  const fill = (text: string) => sql.unsafe(text);
  await fill(`insert into users (email, name, password_hash, stripe_customer_id)
    select 'old' || n || '@example.com', 'Old ' || n, '-', 'cus_old' || n from generate_series(1, ${users}) n`);
  await fill(`insert into customers (stripe_id, user_id, livemode)
    select stripe_customer_id, id, false from users where stripe_customer_id like 'cus_old%'`);
  await fill(`create table person as
    select row_number() over () as n, id as user_id, stripe_customer_id as customer, now() - interval '1 year' as at
    from users where stripe_customer_id like 'cus_old%'`);
  await fill(`insert into subscriptions (stripe_id, stripe_customer_id, user_id, status, stripe_price_id, quantity, currency,
      current_period_start, current_period_end, cancel_at_period_end, started_at, livemode)
    select 'sub_old' || n, customer, user_id, 'active', 'price_old', 1, 'usd', at, at, false, at, false from person`);
  await fill(`insert into subscription_items (stripe_id, stripe_subscription_id, stripe_price_id, currency, interval_count,
      current_period_start, current_period_end, discounts, livemode)
    select 'si_old' || n, 'sub_old' || n, 'price_old', 'usd', 1, at, at, '[]', false from person`);
  await fill(
    "insert into next_invoices (stripe_subscription_id, rev, asked_at) select 'sub_old' || n, 0, at from person",
  );
  await fill(`insert into checkout_sessions (stripe_id, user_id, mode, status, payment_status, stripe_customer_id,
      stripe_payment_intent_id, completed_at, livemode)
    select 'cs_old' || n, user_id, 'payment', 'complete', 'paid', customer, 'pi_sale' || n, at, false from person`);
  await fill(`insert into disputes (stripe_id, stripe_payment_intent_id, status, reason, amount, currency, stripe_created_at,
      livemode)
    select 'dp_old' || n, 'pi_old' || n, 'won', 'general', 1900, 'usd', at, false from person`);
  await fill(`insert into access_tokens (user_id, name, token_hash, prefix)
    select user_id, 'Old', md5(n::text), 'tf_old' from person`);
  await fill(
    `insert into sessions (user_id, expires_at) select user_id, now() + interval '1 day' from person`,
  );
  await fill(`insert into subscription_versions (id, stripe_subscription_id, stripe_customer_id, status, currency, items,
      discounts, livemode, mrr_micro, mrr_steps, stripe_event_id, moment, valid_from, content_hash)
    select 'evt_version' || n, 'sub_old' || n, customer, 'active', 'usd', '[]', '[]', false, n, '[]', 'evt_version' || n,
      'created', at, md5(n::text) from person`);
  await fill(`insert into rate_limits (key, count, resets_at)
    select 'sign-in:ip:' || n, 1, now() + n * interval '1 second' from person`);
  await fill(`create table payment as
    select row_number() over () as n, customer, user_id, now() - interval '1 month' * month as at
    from person, generate_series(1, 5) month`);
  await fill(`insert into invoices (stripe_id, stripe_customer_id, stripe_subscription_id, user_id, status, attempt_count,
      amount_due, amount_paid, currency, stripe_created_at, livemode)
    select 'in_old' || n, customer, 'sub_old' || n, user_id, 'paid', 1, 1900, 1900, 'usd', at, false from payment`);
  await fill(`insert into invoice_payments (stripe_id, stripe_invoice_id, stripe_payment_intent_id, status, currency, livemode)
    select 'inpay_old' || n, 'in_old' || n, 'pi_old' || n, 'paid', 'usd', false from payment`);
  await fill(`insert into stripe_transactions (kind, stripe_id, event_type, user_id, stripe_customer_id, stripe_invoice_id,
      stripe_payment_intent_id, amount, revenue, currency, occurred_at, livemode)
    select 'invoice_paid', 'in_old' || n, 'invoice.paid', user_id, customer, 'in_old' || n, 'pi_old' || n, 1900, 1900, 'usd',
      at, false from payment`);
  await fill(`insert into stripe_events (id, type, livemode, stripe_created_at, object_id, stripe_customer_id, status, created_at)
    select 'evt_old' || n, 'invoice.paid', false, at, 'in_old' || n, customer, 'applied', at from payment`);
  await fill("drop table person, payment");
  await fill("vacuum analyze");
}
