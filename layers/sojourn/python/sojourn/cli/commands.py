"""Every command by name: where it stands, and the first sentence of its help. A test holds this to the commands."""

from sojourn.cli.lazy import Lazy

COMMANDS = {
    "init": Lazy(
        "init:init_command",
        "Begin a FOLDER of your own: project.yaml and a place for journeys and templates.",
    ),
    "local": Lazy("local:local_command", "Print the addresses and keys of the local cloud of this folder."),
    "completion": Lazy(
        "completion:completion_command",
        "Print the completion of a SHELL; put it where your shell looks, or `eval` it.",
    ),
    "check": Lazy(
        "checking:check_command",
        "Check journeys, segments, templates and project.yaml: files, or folders of them; each error on a line.",
    ),
    "compile": Lazy("files:compile_command", "Print the Amazon States Language of a journey file."),
    "asl": Lazy("files:asl_command", "Compile every journey of this repository into .sojourn/asl/."),
    "publish": Lazy(
        "publish:publish_command", "Publish a JOURNEY: a file, or the name of a draft that was saved."
    ),
    "rehearse": Lazy(
        "rehearsing:rehearse_command",
        "Play a journey FILE with contacts on a virtual clock: messages by day, where people stand, cost, one's diary.",
    ),
    "backtest": Lazy(
        "backtesting:backtest_command",
        "Play archived events through a journey FILE: sends added, removed, moved against another version, and cost.",
    ),
    "plan": Lazy(
        "folder.commands:plan_command",
        "Show what `apply` would do with a FOLDER, and who stands in steps that change.",
    ),
    "apply": Lazy("folder.commands:apply_command", "Bring the workspace to what a FOLDER says."),
    "pull": Lazy(
        "folder.commands:pull_command",
        "Write what the workspace has into a FOLDER; a file that says the same already stays as it is.",
    ),
    "diff": Lazy(
        "folder.commands:diff_command", "Show the difference line by line; exit 1 when there is one."
    ),
    "explain": Lazy(
        "explaining:explain_command",
        "Why a CONTACT (its id or userId) is in a JOURNEY or not, and what comes next.",
    ),
    "report": Lazy("ask:report_command", "Figures of a JOURNEY."),
    "contact": Lazy("ask:contact_group", "Contacts."),
    "journey": Lazy("ask:journey_group", "Journeys."),
    "segment": Lazy("segments:segment_group", "Segments: who is in, who would be, and why."),
    "template": Lazy("templates:template_group", "Templates: what is sent."),
    "message": Lazy("sending:message_group", "Single messages."),
    "task": Lazy("tasks:task_group", "Tasks for people: steps of journeys that somebody settles."),
    "import": Lazy(
        "imports:import_group",
        "Import contacts, or what they did, from CSV, JSON lines or Pinpoint endpoints.",
    ),
    "export": Lazy("exports:export_group", "Export contacts."),
    "keys": Lazy(
        "keys:keys_group",
        "Keys of a stack: write keys for clients, API keys for people and programs, and the key that signs links.",
    ),
    "user": Lazy("users:user_group", "People who may sign in to a stack, and their roles."),
    "attributes": Lazy("attributes:attributes_group", "What profiles hold: attributes and their types."),
    "workspace": Lazy(
        "workspace:workspace_group", "Where the company is, and what holds for all its messages."
    ),
    "hooks": Lazy(
        "hooks:hooks_group", "Hooks of a stack: addresses that shops and payment services tell what happened."
    ),
    "suppress": Lazy(
        "suppressions:suppress_command",
        "Send nothing more to an ADDRESS by a CHANNEL, whoever it belongs to.",
    ),
    "unsuppress": Lazy(
        "suppressions:unsuppress_command", "Open an ADDRESS again; what its own holder closed stays closed."
    ),
    "privacy": Lazy("privacy:privacy_group", "What was forgotten stays forgotten."),
    "archive": Lazy("archive:archive_group", "What lies in the archive."),
    "doctor": Lazy("doctor:doctor_command", "Look at the account, the sender's domain and the stack."),
    "smoke": Lazy(
        "smoke:smoke_command",
        "Send to SES's simulator (success, bounce, complaint), follow each letter, and name the link that is broken.",
    ),
    "setup": Lazy(
        "setup:setup_command",
        "Set up SES, DNS and keys for a stack; each step says done, waiting for whom, or the next command.",
    ),
    "audit": Lazy("audit:audit_command", "Show the latest changes: when, who, what, from what to what."),
}
OF_JOURNEY = {
    "presets": Lazy(
        "gallery:list_presets",
        "The journeys that ship; take one with `sojourn journey new NAME --from PRESET`.",
    ),
    "new": Lazy(
        "gallery:new_journey",
        "Begin a journey NAME with a preset: its file, its templates under names of your own, and its segments.",
    ),
    "approve": Lazy(
        "approving:approve_journey",
        "Agree to the draft NAME, which another person saved; it counts for this revision alone.",
    ),
    "continue": Lazy(
        "running:continue_journey",
        "Let those who have finished an older version of a JOURNEY go on at a STEP of the live one, and run only that.",
    ),
    "enrol": Lazy(
        "running:enrol_contact",
        "Ask for a CONTACT (its id or userId) to be let into a JOURNEY that has the entry `{api: true}`.",
    ),
    "pause": Lazy(
        "running:pause_journey", "Hold every message of a JOURNEY; its people stay where they are."
    ),
    "resume": Lazy(
        "running:resume_journey",
        "Let a paused JOURNEY go on, and say what becomes of the messages that are late by now.",
    ),
    "release": Lazy("sending:release_journey", "Let go every draft of a JOURNEY that waits by now."),
    "stop": Lazy(
        "running:stop_journey",
        "Let nobody into a JOURNEY any more, send nothing more, and end the runs that are in it.",
    ),
}
OF_CONTACT = {
    "export": Lazy(
        "privacy:export_contact",
        "Write everything that is known of a CONTACT, by id or userId, into one JSON file.",
    ),
    "erase": Lazy("privacy:erase_contact", "Forget a CONTACT, by id, userId or identity."),
}
OF_WORKSPACE = {
    "mode": Lazy("sending:mode_command", "How far messages go: show it, or say it."),
    "reputation": Lazy(
        "reputation:reputation_command",
        "How many mails of the last day bounced or were called spam, and whether marketing is paused for it.",
    ),
    "resume": Lazy(
        "reputation:resume_command",
        "Let marketing go on that was paused for bounces or complaints; mails sent from now on are judged anew.",
    ),
}
