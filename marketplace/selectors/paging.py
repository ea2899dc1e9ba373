from common.paging import *  # noqa: F403
