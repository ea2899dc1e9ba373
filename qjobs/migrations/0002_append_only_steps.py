"""A step that a run has told is never changed or taken back: a broken stream resumes after its number."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION qjobs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a step of a run is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER qjobs_append_only BEFORE UPDATE OR DELETE ON qjobs_runevent
    FOR EACH ROW EXECUTE FUNCTION qjobs_refuse_change();
"""
ALLOW = """
DROP TRIGGER qjobs_append_only ON qjobs_runevent;
DROP FUNCTION qjobs_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("qjobs", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
