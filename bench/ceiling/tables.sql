create table inbox (
  id text primary key, type text not null, created bigint not null, payload jsonb not null,
  at timestamptz not null default now());
create table subscriptions (
  id text primary key, customer text not null, status text not null,
  cancel_at_period_end boolean not null, created bigint not null);
create table teams (
  id serial primary key, name varchar(100) not null, created_at timestamp not null default now(),
  updated_at timestamp not null default now(), stripe_customer_id text unique, stripe_subscription_id text unique,
  stripe_product_id text, plan_name varchar(50), subscription_status varchar(20));
