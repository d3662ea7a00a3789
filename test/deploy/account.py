"""Prints what exists in the account and Region of its environment, as JSON, for account.ts. The SDK comes with moto."""

import ast
import json

import boto3

cloudformation, ec2, iam, ssm = (boto3.client(name) for name in ("cloudformation", "ec2", "iam", "ssm"))


def every(client, operation, key, **arguments):
    return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[key]]


def tags(items):
    return {tag["Key"]: tag["Value"] for tag in items}


def parsed(content):
    # CloudFormation in moto stores some documents as Python prints them, not as JSON.
    return ast.literal_eval(content) if isinstance(content, str) else content


def stack(name):
    found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    resources = every(cloudformation, "list_stack_resources", "StackResourceSummaries", StackName=name)
    return {
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
        "physicalIds": {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources if one["ResourceType"]},
        "policies": {
            one["LogicalResourceId"]: policies_of(one["PhysicalResourceId"])
            for one in resources
            if one["ResourceType"] == "AWS::IAM::Role"
        },
    }


def policies_of(role):
    names = every(iam, "list_role_policies", "PolicyNames", RoleName=role)
    return [parsed(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]) for name in names]


def document(name):
    found = ssm.list_tags_for_resource(ResourceType="Document", ResourceId=name)
    return {"content": parsed(ssm.get_document(Name=name)["Content"]), "tags": tags(found["TagList"])}


def instance(found):
    data = ec2.describe_instance_attribute(InstanceId=found["InstanceId"], Attribute="userData")["UserData"]
    return {"tags": tags(found.get("Tags", [])), "userData": data.get("Value")}


print(
    json.dumps(
        {
            "stacks": {
                found["StackName"]: stack(found["StackName"])
                for found in every(cloudformation, "describe_stacks", "Stacks")
                if found["StackName"] != "CDKToolkit"
            },
            "documents": {
                found["Name"]: document(found["Name"])
                for found in every(ssm, "list_documents", "DocumentIdentifiers")
                if found["Owner"] != "Amazon"
            },
            "instances": {
                found["InstanceId"]: instance(found)
                for reservation in every(ec2, "describe_instances", "Reservations")
                for found in reservation["Instances"]
            },
            "parameters": {
                found["Name"]: found["Value"]
                for found in every(
                    ssm, "get_parameters_by_path", "Parameters", Path="/cdk-ssh-keepalive", Recursive=True
                )
            },
        }
    )
)
