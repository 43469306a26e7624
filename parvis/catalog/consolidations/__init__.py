"""All valid tables of one schema as one dataset of the Région: what is there, the job that builds it, and how it is published.

What comes in and how it is built is in `core.consolidation`."""
