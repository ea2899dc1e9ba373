-- What the catalogue shows of a dataset, from the chain's rows and the metadata document.
CREATE VIEW marketplace_catalogue_source AS
SELECT
    d.token_id, d.owner, d.minted_at, d.is_retired, d.allow_compute, d.allow_download, d.version_count,
    coalesce(v.size_bytes, 0) AS size_bytes,
    coalesce(m.title, '') AS title,
    left(coalesce(m.description, ''), 400) AS summary,
    coalesce(m.licence, '') AS licence,
    coalesce(m.keywords, '[]') AS keywords,
    coalesce(m.profile ->> 'format', '') AS format,
    CASE
        WHEN m.profile IS NULL THEN ''
        WHEN m.label_column = '' THEN 'unlabelled'
        WHEN c.classes > 0 OR l.type IN ('text', 'boolean') THEN 'classification'
        WHEN l.type = 'real' OR l.different > 20 THEN 'regression'
        ELSE ''
    END AS task,
    coalesce((m.profile ->> 'rows')::bigint, 0) AS rows,
    coalesce((m.profile ->> 'column_count')::bigint, 0) AS column_count,
    coalesce(c.classes, 0) AS classes,
    coalesce(
        (m.profile #>> '{quantum,qubits_angle}')::bigint BETWEEN 1 AND 20
            AND (m.profile ->> 'missing_cells')::bigint = 0 AND c.classes > 1,
        false
    ) AS is_quantum_ready,
    o."right" AS offer_right, o.payment_token AS offer_token, o.price_units AS offer_units,
    coalesce(o.closes_at, 0) AS offer_closes_at,
    (
        SELECT count(DISTINCT p.buyer) FROM marketplace_purchase p
        WHERE p.subject_kind = 0 AND p.subject_id = d.token_id AND p.price_units > 0
            AND p.buyer NOT IN (d.owner, d.minted_by)
            AND p.buyer NOT IN (SELECT address FROM marketplace_payee WHERE dataset_id = d.token_id)
    ) AS buyers,
    setweight(to_tsvector('english', coalesce(m.title, '')), 'A')
        || setweight(to_tsvector('english', coalesce(m.keywords, '[]')), 'B')
        || setweight(to_tsvector('english', coalesce(m.description, '')), 'C') AS words
FROM marketplace_dataset d
LEFT JOIN marketplace_datasetversion v ON v.dataset_id = d.token_id AND v.number = d.version_count
LEFT JOIN marketplace_versionmetadata m ON m.digest = d.newest_metadata_digest AND m.state = 'READ'
LEFT JOIN LATERAL (
    SELECT jsonb_array_length(m.profile #> '{label,classes}') AS classes
    WHERE jsonb_typeof(m.profile #> '{label,classes}') = 'array'
) c ON true
LEFT JOIN LATERAL (
    SELECT e ->> 'type' AS type, (e ->> 'unique')::bigint AS different
    FROM jsonb_array_elements(m.profile -> 'columns') e WHERE e ->> 'name' = m.label_column LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    -- Compute before download, then the cheapest, as every page shows it.
    SELECT s."right", s.payment_token, s.price_units, s.closes_at FROM marketplace_listing s
    WHERE s.subject_kind = 0 AND s.subject_id = d.token_id AND s.subject_epoch = d.consent_epoch
        AND NOT s.is_delisted AND NOT d.is_retired AND (s.stock = 0 OR s.sold < s.stock)
        AND (s.closes_at = 0
            OR s.closes_at >= coalesce((SELECT head_timestamp FROM chain_indexcursor LIMIT 1), 0))
    ORDER BY (s."right" <> 2), s.price_units, s.listing_id LIMIT 1
) o ON true;

-- Writes the entry anew. The lock comes first, so that the later of two writers reads what the earlier wrote.
CREATE FUNCTION marketplace_catalogue_enter(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('marketplace_catalogue'), (wanted % 2147483647)::integer);
    DELETE FROM marketplace_catalogueentry WHERE token_id = wanted;
    INSERT INTO marketplace_catalogueentry (
        token_id, owner, minted_at, is_retired, allow_compute, allow_download, version_count, size_bytes, title,
        summary, licence, keywords, format, task, rows, column_count, classes, is_quantum_ready, offer_right,
        offer_token, offer_units, offer_closes_at, buyers, words
    ) SELECT * FROM marketplace_catalogue_source WHERE token_id = wanted;
END $$;

CREATE FUNCTION marketplace_catalogue_follow_dataset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM marketplace_catalogue_enter(coalesce(NEW.token_id, OLD.token_id));
    RETURN NULL;
END $$;

CREATE FUNCTION marketplace_catalogue_follow_payee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM marketplace_catalogue_enter(coalesce(NEW.dataset_id, OLD.dataset_id));
    RETURN NULL;
END $$;

-- Listings and purchases name their subject alike; 0 is a dataset.
CREATE FUNCTION marketplace_catalogue_follow_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(NEW.subject_kind, OLD.subject_kind) = 0 THEN
        PERFORM marketplace_catalogue_enter(coalesce(NEW.subject_id, OLD.subject_id));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION marketplace_catalogue_follow_metadata() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM marketplace_catalogue_enter(token_id) FROM marketplace_dataset
    WHERE newest_metadata_digest = coalesce(NEW.digest, OLD.digest) ORDER BY token_id;
    RETURN NULL;
END $$;

CREATE FUNCTION marketplace_catalogue_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM marketplace_catalogueentry;
    RETURN NULL;
END $$;

CREATE TRIGGER marketplace_catalogue AFTER INSERT OR UPDATE OR DELETE ON marketplace_dataset
    FOR EACH ROW EXECUTE FUNCTION marketplace_catalogue_follow_dataset();
CREATE TRIGGER marketplace_catalogue AFTER INSERT OR UPDATE OR DELETE ON marketplace_payee
    FOR EACH ROW EXECUTE FUNCTION marketplace_catalogue_follow_payee();
CREATE TRIGGER marketplace_catalogue AFTER INSERT OR UPDATE OR DELETE ON marketplace_listing
    FOR EACH ROW EXECUTE FUNCTION marketplace_catalogue_follow_subject();
CREATE TRIGGER marketplace_catalogue AFTER INSERT OR UPDATE OR DELETE ON marketplace_purchase
    FOR EACH ROW EXECUTE FUNCTION marketplace_catalogue_follow_subject();
CREATE TRIGGER marketplace_catalogue AFTER INSERT OR UPDATE OR DELETE ON marketplace_versionmetadata
    FOR EACH ROW EXECUTE FUNCTION marketplace_catalogue_follow_metadata();
CREATE TRIGGER marketplace_catalogue_empty AFTER TRUNCATE ON marketplace_dataset
    FOR EACH STATEMENT EXECUTE FUNCTION marketplace_catalogue_empty();

SELECT marketplace_catalogue_enter(token_id) FROM marketplace_dataset ORDER BY token_id;
