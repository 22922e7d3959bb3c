"""deploy/openapi.yml, and whether an answer of the API is as it says."""

import os
import re
from pathlib import Path

import jsonschema
import yaml

SPEC = yaml.safe_load((Path(os.environ["RDPWATCH_SOURCE_DIR"]) / "deploy/openapi.yml").read_text(encoding="utf-8"))
JSON = "application/json"


def operation_of(path):
    """The documented path that the path of a request is one of."""
    return next(name for name in SPEC["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", name), path))


def schema_of(path, status, method="get"):
    """The schema of this answer, with what it refers to."""
    response = SPEC["paths"][operation_of(path)][method]["responses"][str(status)]
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return {**response["content"][JSON]["schema"], "components": SPEC["components"]}


def complaints(answer, path, status=200, method="get"):
    # A keyword beside a reference is ignored by this draft, as it is in OpenAPI 3.0; so the reference stands alone.
    schema = schema_of(path, status, method)
    rooted = {"allOf": [{key: value for key, value in schema.items() if key != "components"}], "components": schema["components"]}
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in jsonschema.Draft4Validator(rooted).iter_errors(answer)]
