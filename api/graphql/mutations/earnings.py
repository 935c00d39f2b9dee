"""Where earnings are paid to, and links that bring buyers. Each mutation calls the action that the website calls."""

from typing import Any

import graphene

from api.graphql.ids import text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.types.earnings import PayoutAccountType, PayoutMethod, ReferralLinkType
from commerce.actions.create_referral_link import create_referral_link, switch_referral_link
from commerce.actions.save_payout_account import save_payout_account
from commerce.models import ReferralLink
from core.errors import NotFound


class SavePayoutAccountInput(graphene.InputObjectType):
    """An account of a currency; the one before is replaced."""

    currency = graphene.String(required=True, description="ISO 4217.")
    method = graphene.Field(PayoutMethod, required=True)
    provider = graphene.String(required=True, description="One of `payoutProviders`.")
    country = graphene.String(required=True, description="ISO 3166, of the wallet or bank.")
    holder = graphene.String(required=True)
    phone = graphene.String(description="Of the wallet, national or international.")
    bank = graphene.String(description="Name of the bank.")
    account_number = graphene.String(description="Or IBAN.")
    bank_code = graphene.String(description="Or BIC.")


class PayoutAccountPayload(Payload):
    """The account as it is kept."""

    account = graphene.Field(PayoutAccountType)


class CreateReferralLinkInput(graphene.InputObjectType):
    """A new code; one is made up where it is left out."""

    code = graphene.String(description="4 to 32 letters and digits.")
    label = graphene.String(description="For oneself.")


class SwitchReferralLinkInput(graphene.InputObjectType):
    """Which link, on or off."""

    link_id = graphene.ID(required=True)
    is_active = graphene.Boolean(required=True)


class ReferralLinkPayload(Payload):
    """The link as it is now."""

    link = graphene.Field(ReferralLinkType)


class EarningMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    save_payout_account = graphene.Field(
        PayoutAccountPayload, required=True, input=SavePayoutAccountInput(required=True)
    )
    create_referral_link = graphene.Field(
        ReferralLinkPayload, required=True, input=CreateReferralLinkInput(required=True)
    )
    switch_referral_link = graphene.Field(
        ReferralLinkPayload, required=True, input=SwitchReferralLinkInput(required=True)
    )

    @staticmethod
    def resolve_save_payout_account(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            method = input["method"]
            texts = {
                name: text_of(input.get(name), 200, name)
                for name in ("provider", "holder", "phone", "bank", "account_number", "bank_code")
            }
            account = save_payout_account(
                actor=person,
                currency=input["currency"],
                country=input["country"],
                method=getattr(method, "value", method),
                **texts,
            )
            return {"account": account}

        return perform(info, action)

    @staticmethod
    def resolve_create_referral_link(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            code, label = text_of(input.get("code"), 100, "code"), text_of(input.get("label"), 200, "label")
            return {"link": create_referral_link(actor=person, code=code, label=label)}

        return perform(info, action)

    @staticmethod
    def resolve_switch_referral_link(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = uuid_of(input["link_id"], "linkId")
            link = ReferralLink.objects.filter(public_id=key, owner=person).first()
            if link is None:
                raise NotFound(field="linkId")
            return {"link": switch_referral_link(actor=person, link=link, is_active=input["is_active"])}

        return perform(info, action)
