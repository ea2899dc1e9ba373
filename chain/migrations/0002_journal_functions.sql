-- The journal of projected tables. The session setting chain.block says on behalf of which block a row is
-- written: a number is recorded, 'unrecorded' is a replay or an undoing, empty is a stranger and is refused.

CREATE FUNCTION chain_journal_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    block text := current_setting('chain.block', true);
    row_key jsonb;
BEGIN
    IF block IS NULL OR block = '' THEN
        RAISE EXCEPTION 'table % follows from chain events: write it inside chain.journal.block_scope()', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF block = 'unrecorded' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(field.key, field.value) INTO row_key
        FROM jsonb_each(to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END)) AS field
        WHERE field.key = ANY (TG_ARGV);
    INSERT INTO chain_journal (block_number, table_name, operation, row_key, old_row) VALUES (
        block::bigint, TG_TABLE_NAME, left(TG_OP, 1), row_key,
        CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END
    );
    RETURN NULL;
END $$;

CREATE FUNCTION chain_journal_install(journalled text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key_columns text;
BEGIN
    SELECT string_agg(quote_literal(a.attname), ', ') INTO key_columns
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = quote_ident(journalled)::regclass AND i.indisprimary;
    IF key_columns IS NULL THEN
        RAISE EXCEPTION 'table % has no primary key, so its rows cannot be journalled', journalled;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER chain_journal AFTER INSERT OR UPDATE OR DELETE ON %I'
        ' FOR EACH ROW EXECUTE FUNCTION chain_journal_record(%s)', journalled, key_columns);
END $$;

CREATE FUNCTION chain_journal_remove(journalled text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS chain_journal ON %I', journalled);
    DELETE FROM chain_journal WHERE table_name = journalled;
END $$;

-- Undoes one change. jsonb_populate_record rebuilds the old row with the table's own types.
CREATE FUNCTION chain_journal_undo_one(change chain_journal) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    matches text;
    columns text;
BEGIN
    IF change.operation IN ('I', 'U') THEN
        SELECT string_agg(format('t.%1$I = k.%1$I', key), ' AND ') INTO matches
            FROM jsonb_object_keys(change.row_key) AS key;
    END IF;
    IF change.operation = 'I' THEN
        EXECUTE format(
            'DELETE FROM %1$I t USING jsonb_populate_record(NULL::%1$I, $1) k WHERE %2$s',
            change.table_name, matches) USING change.row_key;
    ELSIF change.operation = 'U' THEN
        SELECT string_agg(format('%1$I = o.%1$I', key), ', ') INTO columns
            FROM jsonb_object_keys(change.old_row) AS key;
        EXECUTE format(
            'UPDATE %1$I t SET %2$s FROM jsonb_populate_record(NULL::%1$I, $1) k,'
            ' jsonb_populate_record(NULL::%1$I, $2) o WHERE %3$s',
            change.table_name, columns, matches) USING change.row_key, change.old_row;
    ELSE
        EXECUTE format(
            'INSERT INTO %1$I SELECT * FROM jsonb_populate_record(NULL::%1$I, $1)',
            change.table_name) USING change.old_row;
    END IF;
END $$;

-- Undoes every change made on behalf of blocks above the fork, newest first; gives their number.
CREATE FUNCTION chain_journal_undo(fork bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    change chain_journal;
    before text := coalesce(current_setting('chain.block', true), '');
    undone bigint := 0;
BEGIN
    PERFORM set_config('chain.block', 'unrecorded', true);
    FOR change IN SELECT * FROM chain_journal WHERE block_number > fork ORDER BY id DESC LOOP
        PERFORM chain_journal_undo_one(change);
        undone := undone + 1;
    END LOOP;
    DELETE FROM chain_journal WHERE block_number > fork;
    PERFORM set_config('chain.block', before, true);
    RETURN undone;
END $$;
