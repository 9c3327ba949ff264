-- The Glue database as a schema, once. The role is the stack's output SpectrumRole, attached to the cluster or workgroup.
-- Analysts need: grant usage on schema ${external_schema} to role …; grant temp on database … to role ….
create external schema if not exists ${external_schema}
from data catalog database '${glue_database}'
iam_role '${spectrum_role}';
