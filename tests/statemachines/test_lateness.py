"""Who comes to a step through waits and splits, which write nothing, is not late there for having waited."""

from tests.faults.people import introduces
from tests.faults.world import START, a_world, publish
from tests.statemachines.presets.stage import DAY, diary_of, does

SLOW = """\
journey: slow
purpose: marketing
entry: {event: Fell Silent}
steps:
  - split: Which half?
    paths:
      - {share: 50%, then: [{wait: Three days, for: 3 days}]}
      - {share: 50%, then: [{wait: Three days as well, for: 3 days}]}
  - {send: The first, template: reminder}
  - {wait: Two days, for: 2 days}
  - {wait: Two days more, for: 2 days}
  - {send: The second, template: chapter}
"""


def test_a_message_expires_from_when_the_person_came_to_it():
    with a_world() as world:
        publish(world, "slow", SLOW)
        introduces(world)
        does(world, "Fell Silent")
        world.run_until(START + 10 * DAY)

        assert diary_of(world) == [
            "2026-01-08 15:00 mail The guide is still here",
            "2026-01-12 15:00 mail Chapter two: how to listen to a shelf",
        ]
