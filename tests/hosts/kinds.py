"""The hosts: each differs in one thing from the project that its tool makes."""

from tests.hosts.projects import Kind

STAFF_APP = """
INSTALLED_APPS += ["desk.staff"]
AUTH_USER_MODEL = "staff.Colleague"
"""
STAFF_CONFIG = """
from django.apps import AppConfig

class StaffConfig(AppConfig):
    name = "desk.staff"
    default_auto_field = "django.db.models.BigAutoField"
"""
UUID_USER = """
import uuid
from django.contrib.auth.models import AbstractUser
from django.db import models

class Colleague(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
"""
MAIL_USER = """
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

class Colleagues(BaseUserManager):
    def create_user(self, address, password=None, **more):
        user = self.model(address=self.normalize_email(address), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, address, password=None, **more):
        return self.create_user(address, password, is_staff=True, is_superuser=True, **more)

class Colleague(AbstractBaseUser, PermissionsMixin):
    address = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    objects = Colleagues()
    USERNAME_FIELD = EMAIL_FIELD = "address"
"""


def staff(model: str) -> dict[str, str]:
    return {
        "desk/staff/__init__.py": "",
        "desk/staff/apps.py": STAFF_CONFIG,
        "desk/staff/models.py": model,
        "desk/staff/migrations/__init__.py": "",
    }


PLAIN = Kind()
UUID_KEYS = Kind(settings=STAFF_APP, files=staff(UUID_USER), migrate=("staff",))
MAIL_LOG_IN = Kind(settings=STAFF_APP, files=staff(MAIL_USER), migrate=("staff",), names="{role}@desk.example")
TENANTS = Kind(
    urls="""
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("<slug:tenant>/", include("factcheck.urls"))]
""",
    prefix="/oberfurt",
)
OWN_ADMIN_SITE = Kind(
    settings="""
INSTALLED_APPS = ["desk.apps.DeskAdminConfig" if app == "django.contrib.admin" else app for app in INSTALLED_APPS]
""",
    files={
        "desk/apps.py": """
from django.contrib.admin.apps import AdminConfig

class DeskAdminConfig(AdminConfig):
    default_site = "desk.site.DeskSite"
""",
        "desk/site.py": """
from django.contrib.admin import AdminSite

class DeskSite(AdminSite):
    site_header = "The desk"

    def __init__(self, name="desk"):
        super().__init__(name)
""",
    },
    urls="""
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("back/office/", admin.site.urls), path("factcheck/", include("factcheck.urls"))]
""",
    admin="/back/office",
)
OWN_LOG_IN = Kind(
    settings='LOGIN_URL = "/single-sign-on/"',
    urls="""
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("single-sign-on/", LoginView.as_view(template_name="admin/login.html")),
    path("desk/check/", include("factcheck.urls")),
]
""",
    prefix="/desk/check",
)
OWN_SETTINGS = Kind(
    settings="""
INSTALLED_APPS = ["django_filters", "rest_framework.apps.RestFrameworkConfig", *INSTALLED_APPS]
USE_I18N, LANGUAGE_CODE, TIME_ZONE, APPEND_SLASH = True, "uk", "Europe/Kyiv", False
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 1,
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_VERSION": "7",
    "ALLOWED_VERSIONS": ["7"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "rest_framework.views.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "NON_FIELD_ERRORS_KEY": "all",
    "COERCE_DECIMAL_TO_STRING": False,
    "DATETIME_FORMAT": "%d.%m.%Y",
    "UPLOADED_FILES_USE_URL": False,
    "SEARCH_PARAM": "q",
}
SPECTACULAR_SETTINGS = {"TITLE": "The desk", "SCHEMA_PATH_PREFIX": "/nothing", "COMPONENT_SPLIT_REQUEST": True}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_LIMIT_PER_USER": 5}
""",
    after="""
CELERY_TASK_DEFAULT_QUEUE = "desk"
CELERY_TASK_ROUTES = {"desk.*": {"queue": "other"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = False
CELERY_RESULT_BACKEND = "file://" + str(BASE_DIR / "box")
CELERY_TIMEZONE = "Europe/Kyiv"
""",
    scheme="Bearer",
)

APART = Kind(
    settings=f"""{STAFF_APP}
import os
from pathlib import Path

DATA = Path(os.environ.get("NEWSROOM_DATA", BASE_DIR))
DATABASES["default"]["NAME"] = DATA / "db.sqlite3"
""",
    after="""
(DATA / "box").mkdir(exist_ok=True)
CELERY_BROKER_TRANSPORT_OPTIONS = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(DATA / "box"))
""",
    files=staff(MAIL_USER),
    migrate=("staff",),
    names="{role}@desk.example",
)
"""People log in by e-mail, and everything that is written lies where a variable says: what the demo needs."""
