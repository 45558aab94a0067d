"""The admin listener: JSON for programs under /api/v1/, and /healthz and /readyz for whoever watches."""
