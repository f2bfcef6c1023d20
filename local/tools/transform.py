"""Writes what SAM makes of a template, without AWS: transform.py TEMPLATE OUTPUT [PARAMETERS].

`sam validate --lint` looks at the template as it is written. What SAM adds to it (roles,
permissions, event sources, aliases, deployments) can form circles or lack something, and only a
look at the result shows that. PARAMETERS is a JSON file with values of parameters, which SAM
decides by; without it they have their defaults. Runs with the Python of the SAM CLI.
"""

import json
import pathlib
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """SAM asks for the account's policies by name; the template names none."""

    def load(self):
        return {}


def main(source, output, parameters=None):
    template = yaml_parse(pathlib.Path(source).read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # As `sam package` leaves it; where the code is does not matter here.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    values = {name: parameter.get("Default", "") for name, parameter in template.get("Parameters", {}).items()}
    if parameters:
        values.update(json.loads(pathlib.Path(parameters).read_text()))
    made = transform(template, values, NoManagedPolicies())
    pathlib.Path(output).write_text(json.dumps(made, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
