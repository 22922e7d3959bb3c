"""What is checked of Grafana dashboards: their queries, links, variables and panels, against the project's own tables."""
