"""Prefect's settings for our service: private, local, quick to notice work."""

import os

from muniment.tasks.service import home


def environment(root: str, host: str, port: int, public: str = "") -> dict[str, str]:
    """Environment of server, worker and flow runs; browsers come by `public`. What the operator has set already wins, but for telemetry: that stays off."""
    address = f"http://{host}:{port}"
    seen = public.rstrip("/") or address
    kept = home(root)
    kept.mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder of it only
    chosen = {
        "PREFECT_HOME": str(kept),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_UI_URL": seen,
        "PREFECT_SERVER_UI_API_URL": f"{seen}/api",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": seen,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "MUNIMENT_ROOT": root,
    }
    private = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    return {**chosen, **inherited, **private, "PREFECT_API_URL": chosen["PREFECT_API_URL"], "MUNIMENT_ROOT": root}
