"""Do a job, page by page; may be interrupted anywhere and run again."""

__all__ = ["run_job"]


def run_job(job_pk: int) -> str:
    """Go on with a job where it stands; returns its state. Does nothing while another worker has it."""
    raise NotImplementedError
