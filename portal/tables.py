"""Every table, for Alembic and for whoever needs the whole metadata."""

from sqlmodel import SQLModel

from portal.access import models as _access  # noqa: F401
from portal.accounts import models as _accounts  # noqa: F401
from portal.adjustments import models as _adjustments  # noqa: F401
from portal.areas import models as _areas  # noqa: F401
from portal.checkins import models as _checkins  # noqa: F401
from portal.comments import models as _comments  # noqa: F401
from portal.decisions import models as _decisions  # noqa: F401
from portal.exports import models as _exports  # noqa: F401
from portal.feedback import models as _feedback  # noqa: F401
from portal.goals import models as _goals  # noqa: F401
from portal.kit import models as _kit  # noqa: F401
from portal.ladders import models as _ladders  # noqa: F401
from portal.promises import models as _promises  # noqa: F401
from portal.ratings import models as _ratings  # noqa: F401
from portal.sessions import models as _sessions  # noqa: F401
from portal.writing import models as _writing  # noqa: F401

metadata = SQLModel.metadata
