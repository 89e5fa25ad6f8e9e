"""The addresses of money, and the door for providers' reports."""

from django.urls import path

from recourse.web.screens.money import books, paying, reports, standing

urlpatterns = [
    path("money/", standing.money, name="money"),
    path("money/waiting/<slug:stage>/", standing.waiting, name="money-waiting"),
    path("money/budgets/", standing.budgets, name="money-budgets"),
    path("money/payments/", paying.payments, name="money-payments"),
    path("money/payments/by-hand/", paying.by_hand, name="money-by-hand"),
    path("money/payments/<uuid:payment_id>/", paying.payment, name="money-payment"),
    path("money/tasks/<uuid:task_id>/", paying.task, name="money-task"),
    path("money/differences/", books.differences, name="money-differences"),
    path("money/differences/<uuid:break_id>/", books.difference, name="money-difference"),
    path("money/postings/", books.postings, name="money-postings"),
    path("money/costs/", books.costs, name="money-costs"),
    path("money/export/<slug:form>/", books.export, name="money-export"),
    path("money/stop/", books.stop, name="money-stop"),
    path("money/vouchers/", paying.vouchers, name="money-vouchers"),
    path("hooks/payments/<slug:provider>/", reports.report, name="payment-report"),
]
