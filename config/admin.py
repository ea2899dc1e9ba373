"""The console as a whole: one list of rooms on its first page, and no side bar that moves it about."""

from django.contrib import admin

admin.site.enable_nav_sidebar = False
