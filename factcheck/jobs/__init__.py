"""Durable background work: a row in the database is the queue, a Celery message only says "look".

- `names`       every kind of job, its priority, and how often it is tried
- `keys`        the string under which the same work is asked for once: made and parsed here only
- `queue`       `enqueue`: the row of a job, written in the caller's transaction
- `turns`       which due job is next: by priority, then the desk that was served the longest ago
- `leases`      how a worker claims, renews, finishes and fails a job, and gives way between its steps
- `stopping`    whether this worker was told to stop
- `outcomes`    what an error makes of a job: tried again, or failed for good
- `dispatcher`  the only module that publishes messages: a thread of every worker and of beat

Not here: what a job does (`factcheck.tasks`), and what people do with failed jobs (`workflow.jobs`).
"""
