# pragma version 0.4.3
"""
@title Tells of approvals and settlements that never were, with JobBoard's own events
"""


event JobApproved:
    job_id: indexed(uint256)
    spec_digest: indexed(bytes32)


event JobSettled:
    job_id: indexed(uint256)
    model_id: indexed(uint256)
    tasks_settled: uint256


@external
def tell(job_id: uint256, spec_digest: bytes32):
    log JobApproved(job_id=job_id, spec_digest=spec_digest)
    log JobSettled(job_id=job_id, model_id=1, tasks_settled=1)
