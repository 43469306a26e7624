"""Letters to many authorities: who receives them, the job that sends them at a pace, and what came of each."""
