from django.contrib import admin

from .models import ClosedDay


@admin.register(ClosedDay)
class ClosedDayAdmin(admin.ModelAdmin):
    list_display = ("day", "name", "is_open", "source")
    list_filter = ("is_open",)
    search_fields = ("name",)
