"""The schema, put together. ``schema.graphql`` beside it is its printed form, checked in CI."""

import graphene

from api.graphql.mutations.cart import CartMutations
from api.graphql.mutations.community import CommunityMutations
from api.graphql.mutations.earnings import EarningMutations
from api.graphql.mutations.learning import LearningMutations
from api.graphql.mutations.notes import NoteMutations
from api.graphql.mutations.notifications import NotificationMutations
from api.graphql.mutations.orders import OrderMutations
from api.graphql.mutations.subscriptions import SubscriptionMutations
from api.graphql.mutations.video import VideoMutations
from api.graphql.mutations.watch import WatchMutations
from api.graphql.queries import Query
from api.graphql.types import blocks, lesson, questions, quiz


class Mutation(
    LearningMutations,
    NotificationMutations,
    CartMutations,
    OrderMutations,
    SubscriptionMutations,
    EarningMutations,
    WatchMutations,
    VideoMutations,
    NoteMutations,
    CommunityMutations,
    graphene.ObjectType,
):
    """Writes. Each calls the action that the website calls."""


schema = graphene.Schema(
    query=Query,
    mutation=Mutation,
    types=[
        blocks.RichTextBlock,
        blocks.HeadingBlock,
        blocks.CodeBlock,
        blocks.ImageBlock,
        blocks.TableBlock,
        blocks.MathBlock,
        blocks.FileBlock,
        blocks.EmbedBlock,
        blocks.AudioBlock,
        blocks.CalloutBlock,
        blocks.SolutionBlock,
        blocks.GlossaryTermBlock,
        blocks.SelfCheckBlock,
        blocks.VideoBlock,
        lesson.LessonType,
        quiz.QuizType,
        *questions.QUESTION_CLASSES.values(),
    ],
)
