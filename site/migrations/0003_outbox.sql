-- The outbox, as functions/cache-invalidate works it off.

-- Where a change shows: addresses of pages, with or without a * at the end. A change writes one
-- row for each tag; its addresses stand in one of them.
ALTER TABLE cache_events
    ADD COLUMN paths text[] NOT NULL DEFAULT '{}',
    -- What is announced has to fit into one event of the bus.
    ADD CONSTRAINT cache_events_tag CHECK (octet_length(tag) BETWEEN 1 AND 256) NOT VALID,
    ADD CONSTRAINT cache_events_paths CHECK (cardinality(paths) <= 1000);
-- invalidated_at: when Redis had forgotten the tag and what follows stood in cache_purges.

-- What the CDN has to forget, in parts that it takes at once, and how far each of them is.
CREATE TABLE cache_purges (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- CloudFront's CallerReference, made of the events: a repeated request is the same request.
    reference text NOT NULL UNIQUE,
    paths text[] NOT NULL,
    tags text[] NOT NULL,
    -- When the oldest change of it was made.
    changed_at timestamptz NOT NULL,
    -- When its next step may be taken.
    due_at timestamptz NOT NULL,
    -- Until when a step that was begun keeps others off.
    lease_until timestamptz,
    -- Failures since the last success.
    failures integer NOT NULL DEFAULT 0,
    -- The steps: CloudFront's id of the invalidation, its end, the event for the warmer.
    invalidation text,
    submitted_at timestamptz,
    completed_at timestamptz,
    done_at timestamptz
);
CREATE INDEX cache_purges_open ON cache_purges (due_at) WHERE done_at IS NULL;

-- One row that a health check writes, to see whether one can be written.
CREATE TABLE health_canary (
    id integer PRIMARY KEY CHECK (id = 1),
    written_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO health_canary (id) VALUES (1);

-- The role of functions/warm-queries reads what pages are made of, and nothing else.
-- docs/template.md makes it, before the first web server comes here.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sidetier_warm') THEN
        GRANT SELECT ON categories, products, articles, pages TO sidetier_warm;
    END IF;
END
$$;
