CREATE TABLE categories (
    slug text PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    position integer NOT NULL
);

CREATE TABLE products (
    slug text PRIMARY KEY,
    category text NOT NULL REFERENCES categories (slug),
    name text NOT NULL,
    summary text NOT NULL,
    description text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents > 0),
    stock integer NOT NULL CHECK (stock >= 0),
    photo text NOT NULL,
    photo_alt text NOT NULL,
    is_featured boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX products_by_category ON products (category, name);

CREATE TABLE articles (
    slug text PRIMARY KEY,
    title text NOT NULL,
    summary text NOT NULL,
    body text NOT NULL,
    photo text NOT NULL DEFAULT '',
    photo_alt text NOT NULL DEFAULT '',
    is_published boolean NOT NULL DEFAULT false,
    published_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (published_at IS NOT NULL OR NOT is_published)
);
CREATE INDEX articles_by_date ON articles (published_at DESC) WHERE is_published;

CREATE TABLE pages (
    slug text PRIMARY KEY,
    title text NOT NULL,
    body text NOT NULL,
    form text NOT NULL DEFAULT '',
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- What was changed, written in the transaction that changed it: the truth about which
-- cached answers no longer hold. A reader takes rows whose transaction is over for everybody
-- (xid < pg_snapshot_xmin(pg_current_snapshot())), so that none is skipped.
CREATE TABLE cache_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    invalidated_at timestamptz
);
CREATE INDEX cache_events_open ON cache_events (id) WHERE invalidated_at IS NULL;
