"""MiniStack 1.5.33 with those of its faults mended that stand in our way: docs/emulator.md."""

import secrets

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

# IAM has no actions for the batch operations of SQS: each is allowed by the action for one message.
BATCH_ACTIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}

MAPPING_VERBS = {"GET": "Get", "PUT": "Update", "DELETE": "Delete"}


def mend_batch_actions() -> None:
    extract = iam_actions.extract_iam_action

    def extract_mended(*arguments, **options):
        action = extract(*arguments, **options)
        return BATCH_ACTIONS.get(action, action)

    iam_actions.extract_iam_action = extract_mended


def mend_mapping_actions() -> None:
    """Reading or changing one event source mapping is an action of its own."""
    lambda_action = iam_actions._lambda_action
    one_mapping = {method: f"{verb}EventSourceMapping" for method, verb in MAPPING_VERBS.items()}

    def lambda_action_mended(method, path):
        parts = [part for part in path.split("/") if part]
        is_one = "functions" not in parts and parts[-2:-1] == ["event-source-mappings"]
        return one_mapping.get(method) if is_one else lambda_action(method, path)

    iam_actions._lambda_action = lambda_action_mended


def mend_secret_ref() -> None:
    """Ref of a secret is its ARN, and a generated name is the logical id, a hyphen and twelve characters."""
    handlers = _RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, delete = handlers["create"], handlers["delete"]

    def create_mended(logical_id, properties, stack_name):
        named = {"Name": f"{logical_id}-{secrets.token_hex(6)}", **properties}
        _, attributes = create(logical_id, named, stack_name)
        return attributes["Arn"], attributes

    def delete_mended(arn, properties):
        delete(arn.rsplit(":", 1)[-1].rsplit("-", 1)[0], properties)

    handlers["create"], handlers["delete"] = create_mended, delete_mended


def mend_ranges_of_versions() -> None:
    """A GET that names a version has its range applied, and no checksum of the whole object."""
    get_object = s3._get_object

    def get_object_mended(bucket, key, headers, query=None):
        status, answered, body = get_object(bucket, key, headers, query)
        wanted = s3._parse_range(headers.get("range", ""), len(body)) if status == 200 else None
        if wanted is None:
            return status, answered, body
        start, end = wanted
        kept = {name: value for name, value in answered.items() if "checksum" not in name.lower()}
        kept["Content-Length"] = str(end - start + 1)
        kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return 206, kept, body[start : end + 1]

    s3._get_object = get_object_mended


mend_batch_actions()
mend_mapping_actions()
mend_ranges_of_versions()
mend_secret_ref()
main()
