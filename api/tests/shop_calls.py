"""What a program sends to buy: documents about offers, carts, orders, payments, subscriptions."""

MONEY = "{ amount minor currency formatted }"
ERRORS = "errors { code field message }"
OFFER_FIELDS = f"""id kind title price {MONEY} listPrice {MONEY} discountLabel discountEndsAt isPayWhatYouCan
  minimum {MONEY} placesLeft"""
OFFER = f"""query ($id: ID!, $currency: String, $country: String) {{
  offer(id: $id, currency: $currency, country: $country) {{ {OFFER_FIELDS} courses {{ title slug }} }} }}"""

CART_FIELDS = f"""currency currencies taxName coupon couponProblem {{ code field message }}
  subtotal {MONEY} discount {MONEY} tax {MONEY} total {MONEY}
  lines {{ id kind title recipientEmail discount {MONEY} amount {MONEY} problem {{ code field message }}
    offer {{ {OFFER_FIELDS} }} }}"""
CART = f"""query ($token: String, $currency: String, $country: String) {{
  cart(token: $token, currency: $currency, country: $country) {{ {CART_FIELDS} }} }}"""
ADD_TO_CART = f"""mutation ($input: AddToCartInput!) {{ addToCart(input: $input) {{
  cartToken cart {{ {CART_FIELDS} }} {ERRORS} }} }}"""
REMOVE_FROM_CART = f"""mutation ($input: RemoveFromCartInput!) {{ removeFromCart(input: $input) {{
  cartToken cart {{ {CART_FIELDS} }} {ERRORS} }} }}"""
APPLY_COUPON = f"""mutation ($input: ApplyCouponInput!) {{ applyCoupon(input: $input) {{
  cartToken cart {{ {CART_FIELDS} }} {ERRORS} }} }}"""

PAYMENT_FIELDS = f"""id provider methodName state amount {MONEY} reason message createdAt nextStep {{ __typename
  ... on PushStep {{ expiresAt dial }} ... on RedirectStep {{ url }}
  ... on InstructionsStep {{ reference expiresAt lines {{ code label value }} }}
  ... on UriStep {{ page expiresAt uris {{ method uri address amount }} }} }}"""
ORDER_FIELDS = f"""id number state isGranted taxName placedAt expiresAt paidAt
  subtotal {MONEY} discount {MONEY} tax {MONEY} total {MONEY}
  lines {{ id kind title recipientEmail price {MONEY} discount {MONEY} amount {MONEY} }}
  payments {{ {PAYMENT_FIELDS} }}
  invoices {{ number isCreditNote pdfUrl issuedAt total {MONEY} }}
  refunds {{ id state isSurplus reply createdAt amount {MONEY} }}"""
ORDER = f"query ($id: ID!) {{ order(id: $id) {{ {ORDER_FIELDS} }} }}"
ORDERS = f"""query ($first: Int, $after: String) {{ orders(first: $first, after: $after) {{
  totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {ORDER_FIELDS} }} }} }} }}"""
CHECKOUT = f"""mutation ($input: CheckoutInput!) {{ checkout(input: $input) {{
  order {{ {ORDER_FIELDS} }} {ERRORS} }} }}"""
PAYMENT_METHODS = """query ($country: String!, $currency: String!, $amount: String!, $phone: String) {
  paymentMethods(country: $country, currency: $currency, amount: $amount, phone: $phone) {
    provider name flow needsPhone phoneHint isAvailable isSuggested reason message } }"""
_PAYMENT = f"payment {{ {PAYMENT_FIELDS} }} order {{ id state isGranted }} {ERRORS}"
PAY_ORDER = f"mutation ($input: PayOrderInput!) {{ payOrder(input: $input) {{ {_PAYMENT} }} }}"
CHECK_PAYMENT = f"mutation ($id: ID!) {{ checkPayment(input: {{paymentId: $id}}) {{ {_PAYMENT} }} }}"
CANCEL_PAYMENT = f"mutation ($id: ID!) {{ cancelPayment(input: {{paymentId: $id}}) {{ {_PAYMENT} }} }}"
CANCEL_ORDER = f"""mutation ($id: ID!) {{ cancelOrder(input: {{orderId: $id}}) {{
  order {{ id state }} {ERRORS} }} }}"""
REFUNDABLE = f"query ($id: ID!) {{ refundable(orderId: $id) {{ amount {MONEY} until isSelfService whyNot }} }}"
REQUEST_REFUND = f"""mutation ($input: RequestRefundInput!) {{ requestRefund(input: $input) {{
  refund {{ id state isSurplus reply amount {MONEY} }} {ERRORS} }} }}"""
CLAIM_GIFT = f"""mutation ($token: String!) {{ claimGift(input: {{token: $token}}) {{
  enrollments {{ id state course {{ slug }} }} {ERRORS} }} }}"""
ADD_WISH = f"""mutation ($course: ID, $path: ID) {{ addWish(input: {{courseId: $course, pathId: $path}}) {{
  isWished {ERRORS} }} }}"""
REMOVE_WISH = ADD_WISH.replace("addWish", "removeWish")
WISHLIST = "{ wishlist { courses { id title offer { price { amount } } } learningPaths { id title } } }"

SUBSCRIPTION_FIELDS = f"""id state title covers interval amount {MONEY} isChargedByCard periodEndsAt accessEndsAt
  cancelsAtPeriodEnd nextPlanTitle orderToPay {{ id state total {MONEY} lines {{ title }} }}"""
PLANS = f"""query ($currency: String) {{ plans(currency: $currency) {{
  title covers interval trialDays offer {{ {OFFER_FIELDS} }} }} }}"""
SUBSCRIPTIONS = f"{{ subscriptions {{ {SUBSCRIPTION_FIELDS} }} }}"
_SUBSCRIPTION = f"subscription {{ {SUBSCRIPTION_FIELDS} }} order {{ id state total {MONEY} }} cardPageUrl {ERRORS}"
SUBSCRIBE = f"mutation ($input: SubscribeInput!) {{ subscribe(input: $input) {{ {_SUBSCRIPTION} }} }}"
CHANGE_PLAN = f"mutation ($input: ChangePlanInput!) {{ changePlan(input: $input) {{ {_SUBSCRIPTION} }} }}"
CHANGE_METHOD = f"""mutation ($input: ChangeSubscriptionMethodInput!) {{
  changeSubscriptionMethod(input: $input) {{ {_SUBSCRIPTION} }} }}"""
OPEN_CARD_PAGE = f"mutation ($input: OpenCardPageInput!) {{ openCardPage(input: $input) {{ {_SUBSCRIPTION} }} }}"
PLAN_CHANGE = f"""query ($subscription: ID!, $offer: ID!) {{
  planChange(subscriptionId: $subscription, offerId: $offer) {{ title isAtOnce price {MONEY} credit {MONEY} }} }}"""


def on_subscription(name: str) -> str:
    """A mutation that takes a subscription alone: ``cancelSubscription`` and its like."""
    return f"mutation ($id: ID!) {{ {name}(input: {{subscriptionId: $id}}) {{ {_SUBSCRIPTION} }} }}"


_ACCOUNT = "currency method provider methodName country holder destination changedAt"
_LINK = "id code label isActive createdAt"
EARNINGS = f"""{{ earnings {{ holdDays
  sums {{ currency pending {MONEY} available {MONEY} onTheWay {MONEY} paid {MONEY} earned {MONEY} least {MONEY} }}
  months {{ month amount {MONEY} }} courses {{ title course {{ slug }} amount {MONEY} sales }}
  payouts {{ id state amount {MONEY} methodName destination createdAt stateChangedAt }}
  payoutAccounts {{ {_ACCOUNT} }} referralLinks {{ {_LINK} }}
  payoutProviders(currency: "XAF", country: "CM", method: MOBILE) {{ provider name }} }} }}"""
SAVE_PAYOUT_ACCOUNT = f"""mutation ($input: SavePayoutAccountInput!) {{ savePayoutAccount(input: $input) {{
  account {{ {_ACCOUNT} }} {ERRORS} }} }}"""
CREATE_REFERRAL_LINK = f"""mutation ($code: String, $label: String) {{
  createReferralLink(input: {{code: $code, label: $label}}) {{ link {{ {_LINK} }} {ERRORS} }} }}"""
SWITCH_REFERRAL_LINK = f"""mutation ($id: ID!, $on: Boolean!) {{
  switchReferralLink(input: {{linkId: $id, isActive: $on}}) {{ link {{ {_LINK} }} {ERRORS} }} }}"""
