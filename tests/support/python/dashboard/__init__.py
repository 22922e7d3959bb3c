"""What is checked of the dashboards in dashboards/*.json."""
