"""The commands as Python calls, offered as `muniment.NAME`. Every one takes `root` (folder or `s3://…`, by default the command's)."""
# ruff: noqa: F401 -- they are offered from here

from muniment import flows
from muniment.api.access import access_changes, access_claims, access_clear, access_set, access_show, access_use, cite
from muniment.api.audit import (
    audit_access,
    audit_checkpoint,
    audit_notice,
    audit_prove,
    audit_record,
    audit_verify,
    recipient_list,
    recipient_register,
)
from muniment.api.corpus import (
    diff,
    duplicates_report,
    duplicates_split,
    explain,
    lineage_sql,
    runs_list,
    runs_show,
    snapshots,
    snapshots_rebuild,
)
from muniment.api.custody import (
    backup_forget,
    backup_list,
    backup_make,
    backup_restore,
    backup_verify,
    keys_decrypt,
    keys_encrypt,
    keys_list,
    keys_reseal,
    keys_retire,
    keys_rotate,
    keys_rotate_data,
    keys_rotate_kek,
    keys_status,
    original,
)
from muniment.api.encoders import encoder_add, encoder_admit, encoder_list, encoder_remove, encoder_show
from muniment.api.erasure import erase, erase_lift, erase_queue, erasure_plan, receipts
from muniment.api.evalsets import evalset_add, evalset_history, evalset_list, evalset_remove, evalset_rotate, evalset_show
from muniment.api.indexes import index_compare, index_fallback, index_gate, index_list, index_use
from muniment.api.queries import queries_add, queries_list, queries_remove, queries_show
from muniment.api.relevance import (
    canary_add,
    canary_list,
    canary_remove,
    canary_run,
    canary_show,
    relevance_agreement,
    relevance_audit,
    relevance_compare,
    relevance_drift,
    relevance_grade,
    relevance_list,
    relevance_report,
    relevance_worksheet,
)
from muniment.api.retention import (
    hold_list,
    hold_place,
    hold_release,
    retention_check,
    retention_due,
    retention_enforce,
    retention_show,
    retention_try,
    retention_use,
)
from muniment.api.retrieval import index_tune, search
from muniment.api.review import (
    decide,
    pending,
    policy_prove,
    review,
    samples_draw,
    samples_label,
    samples_list,
    samples_reopen,
    samples_report,
    samples_show,
)
from muniment.api.sources import source_add, source_approve, source_list, source_quarantine, source_release, source_suspend

capture, promote, rollback, index = flows.capture, flows.promote, flows.rollback, flows.index
nightly, duplicates_rescan = flows.nightly, flows.rescan
remind, reconcile = flows.remind, flows.reconcile
