"""What the environment says, read once; a field in lower case is the variable in upper case."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from sojourn.errors import MissingSettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class FromEnv:
    """Settings that fail by name when a variable is missing."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Read every field; there are no defaults that would hide a missing one."""
        try:
            return cls(**{field.name: env[field.name.upper()] for field in fields(cls)})
        except KeyError as missing:
            raise MissingSettingError(str(missing.args[0])) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(FromEnv):
    """What every function knows (Globals of template.yaml)."""

    events_table: str
    people_table: str
    identity_table: str
    suppression_table: str
    due_table: str
    config_table: str
    rejected_events_table: str
    counters_table: str
    stack_name: str
    email_from: str
    from_name: str
    postal_address: str
    configuration_set: str
    public_url: str
    due_shards: str
    events_kept_days: str
    rejected_events_kept_days: str
    restored_suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherSettings(FromEnv):
    """What only publish_journey knows."""

    journey_role_arn: str
    send_message_function_arn: str
    park_token_function_arn: str
    take_step_function_arn: str
    call_out_function_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings(FromEnv):
    """What only the admin API knows."""

    publish_journey_function: str
    send_message_function: str
    files_bucket: str
    import_machine_arn: str
    backfill_machine_arn: str
    erase_contact_machine_arn: str
    export_contact_machine_arn: str
    user_pool_id: str
    user_pool_client_id: str
    queues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesSettings(FromEnv):
    """What only preferences knows: where the rights of a person are begun, and where their file lies."""

    files_bucket: str
    erase_contact_machine_arn: str
    export_contact_machine_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactSettings(FromEnv):
    """What those know that read events and must tell which of them are news."""

    max_event_age_hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings(FromEnv):
    """What only archive_changes knows."""

    event_archive: str
    message_archive: str
    person_key_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings(FromEnv):
    """What only erase_contact and export_contact know."""

    files_bucket: str
    archive_bucket: str
    person_key_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings(FromEnv):
    """What only import_file knows."""

    files_bucket: str
