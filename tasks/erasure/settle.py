"""When an erasure is proven, nothing of it needs to be withheld any more but what a legal hold keeps."""

from muniment.schemas.erasure import Plan, Receipt
from muniment.store.root import open_root
from muniment.tasks.erasure.withheld import release, withhold
from muniment.tasks.step import step


@step
def settle(uri: str, plan: Plan, receipt: Receipt) -> None:
    """End the withholding of what is gone; what is held is kept and stays unserved, and so does everything while nothing is proven."""
    root = open_root(uri)
    if plan.held:
        withhold(root, plan.request, (*plan.documents, *plan.held) if receipt.residue else plan.held)
    elif receipt.proven:
        release(root, plan.request)
