"""The stories as Prefect flows, by the names that deployments load them under."""

from muniment import flows

capture = flows.capture.flow
review = flows.review.flow
promote = flows.promote.flow
rollback = flows.rollback.flow
index = flows.index.flow
nightly = flows.nightly.flow
erase = flows.erase.flow
