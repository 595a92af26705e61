"""The shape of what the API answers."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """What the API answers with. How it is checked is worked out when it is first asked for: 2 MB less at the start."""

    model_config = ConfigDict(defer_build=True)
