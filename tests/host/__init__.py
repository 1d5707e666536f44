"""The host: headers, log-ins, health, logs, the example, the wheel, the containers."""
