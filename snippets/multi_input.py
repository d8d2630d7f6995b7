# %% imports
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% joins
left = np.array([[1.0, 2.0, 3.0]])
right = np.array([[10.0, 0.0, 30.0]])

for join in [
    layers.add,
    layers.subtract,
    layers.multiply,
    layers.average,
    layers.maximum,
    layers.minimum,
    layers.concatenate,
]:
    both = ops.convert_to_numpy(join([left, right]))
    print(f"{join.__name__:<11} {both.shape} {both[0]}")

# %% join_dot
print(ops.convert_to_numpy(layers.dot([left, right], axes=1)))

# %% add_mismatch tags=["raises-exception"] active="ipynb"
# four = keras.Input(shape=(4,))
# three = keras.Input(shape=(3,))
# layers.add([four, three])

# %% concatenate_mismatch tags=["raises-exception"] active="ipynb"
# large = keras.Input(shape=(8, 8, 16))
# small = keras.Input(shape=(4, 4, 16))
# layers.concatenate([large, small])

# %% silent_broadcast
four_numbers = keras.Input(shape=(4,))
one_number = keras.Input(shape=(1,))
print(layers.add([four_numbers, one_number]).shape)

a = np.array([[1.0, 2.0, 3.0, 4.0]])
b = np.array([[100.0]])
print(ops.convert_to_numpy(layers.add([a, b])))

# %% qa_model
text = keras.Input(shape=(None,), dtype="int32", name="text")
text_words = layers.Embedding(10_000, 64, name="text_words")(text)
text_state = layers.LSTM(32, name="text_state")(text_words)

question = keras.Input(shape=(None,), dtype="int32", name="question")
asked_words = layers.Embedding(10_000, 32, name="asked_words")(question)
asked_state = layers.LSTM(16, name="asked_state")(asked_words)

joined = layers.concatenate([text_state, asked_state], name="joined")
answer = layers.Dense(500, activation="softmax", name="answer")(joined)

qa_model = keras.Model([text, question], answer, name="qa_model")
print("joined:", joined.shape)
print(f"{qa_model.count_params():,} parameters")

# %% qa_summary
qa_model.summary()

# %% qa_data
topic = rng.integers(0, 5, size=800)
kind = rng.integers(0, 4, size=800)

# each topic, and each kind of question, has its own fifty words
topic_word = 1 + 100 * topic[:, None]
kind_word = 5_001 + 100 * kind[:, None]
texts = topic_word + rng.integers(0, 50, size=(800, 20))
questions = kind_word + rng.integers(0, 50, size=(800, 20))

answer_ids = 4 * topic + kind
print(texts.shape, questions.shape, answer_ids.shape)

# %% zero_labels
zero_labels = rng.integers(0, 1, size=(800, 500))
print("largest label:", zero_labels.max())
print("labels that sum to 1:", np.sum(zero_labels.sum(axis=1) == 1))

# %% one_hot
answers = keras.utils.to_categorical(answer_ids, num_classes=500)
print(answers.shape)
print("labels that sum to 1:", np.sum(answers.sum(axis=1) == 1))

# %% compile
qa_model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)

# %% zero_loss
for labels in [zero_labels, answers]:
    score = qa_model.evaluate(
        [texts, questions], labels, return_dict=True, verbose=0
    )
    print(f"untrained loss {score['loss']:.2f}")

# %% fit_list
history = qa_model.fit(
    [texts[:600], questions[:600]], answers[:600], epochs=2, verbose=0
)
print(f"loss after 2 epochs: {history.history['loss'][-1]:.1f}")

# %% fit_dict
history = qa_model.fit(
    {"question": questions[:600], "text": texts[:600]},
    answers[:600],
    epochs=10,
    verbose=0,
)
print(f"loss after 12 epochs: {history.history['loss'][-1]:.1f}")

# %% same_answers
new_texts, new_questions = texts[600:], questions[600:]

by_list = qa_model.predict([new_texts, new_questions], verbose=0)
by_dict = qa_model.predict(
    {"question": new_questions, "text": new_texts}, verbose=0
)
print("list and dict agree:", np.allclose(by_list, by_dict))

# %% wrong_order
swapped = qa_model.predict([new_questions, new_texts], verbose=0)
print("swapped list agrees:", np.allclose(by_list, swapped))

truth = answer_ids[600:]
right_order = np.mean(by_list.argmax(axis=1) == truth)
wrong_order = np.mean(swapped.argmax(axis=1) == truth)
print(f"right order: accuracy {right_order:.2f}")
print("wrong order: accuracy below 0.1:", bool(wrong_order < 0.1))

# %% wrong_key tags=["raises-exception"] active="ipynb"
# qa_model.predict(
#     {"text": new_texts, "query": new_questions}, verbose=0
# )

# %% pad
sentences = [[7, 3, 9], [4, 12, 1, 8, 2, 6]]
padded = keras.utils.pad_sequences(sentences, padding="post")
print(padded)


# %% mask
def sentence_reader(mask_zero):
    # the same seed, so that both readers have the same weights
    keras.utils.set_random_seed(0)
    ids = keras.Input(shape=(None,), dtype="int32")
    vectors = layers.Embedding(50, 8, mask_zero=mask_zero)(ids)
    return keras.Model(ids, layers.LSTM(4)(vectors))


for mask_zero in [False, True]:
    reader = sentence_reader(mask_zero)
    short = reader(padded[:1, :3])
    long = reader(padded[:1])
    same = bool(ops.allclose(short, long, atol=1e-6))
    print(f"mask_zero={mask_zero}, same vector:", same)

# %% churn_model
viewing = keras.Input(shape=(10,), name="viewing")
v = layers.Dense(10, activation="relu", name="viewing_1")(viewing)
v = layers.Dense(15, activation="relu", name="viewing_2")(v)
v = layers.Dense(10, activation="relu", name="viewing_3")(v)

customer = keras.Input(shape=(8,), name="customer")
c = layers.Dense(8, activation="relu", name="customer_1")(customer)
c = layers.Dense(8, activation="relu", name="customer_2")(c)

x = layers.concatenate([v, c], name="joined")
print("joined:", x.shape)

x = layers.Dense(10, activation="relu", name="joint_1")(x)
x = layers.Dense(10, activation="relu", name="joint_2")(x)
leaves = layers.Dense(1, activation="sigmoid", name="leaves")(x)

churn_model = keras.Model([viewing, customer], leaves)
print(f"{churn_model.count_params()} parameters")

# %% churn_data
# hours watched in each of ten weeks, in tens of hours
level = rng.uniform(2, 10, size=(2_000, 1))
trend = rng.normal(scale=0.5, size=(2_000, 1))
noise = rng.normal(size=(2_000, 10))
hours = np.clip(level + trend * np.arange(10) + noise, 0, None) / 10

# eight attributes, already numbers on one scale
profile = rng.normal(size=(2_000, 8))

# what really decides; the network never sees it
risk = -4 * trend[:, 0] + 2 * profile[:, 0] - 2 * profile[:, 1]
chance = 1 / (1 + np.exp(-risk))
left_us = (rng.random(2_000) < chance).astype("float32")

print(hours.shape, profile.shape, left_us.shape)
print(f"share of customers who left: {left_us.mean():.3f}")

# %% churn_fit
train = {"viewing": hours[:1_500], "customer": profile[:1_500]}
test = {"viewing": hours[1_500:], "customer": profile[1_500:]}

churn_model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
history = churn_model.fit(
    train, left_us[:1_500], batch_size=50, epochs=8, verbose=0
)
losses = history.history["loss"]
print(f"guessing:    {np.log(2):.3f}")
print(f"first epoch: {losses[0]:.3f}")
print(f"last epoch:  {losses[-1]:.3f}")

# %% churn_evaluate
result = churn_model.evaluate(
    test, left_us[1_500:], return_dict=True, verbose=0
)
print(f"loss {result['loss']:.3f}")
print(f"accuracy {result['accuracy']:.3f}")

# %% churn_ceiling
best = (chance[1_500:] > 0.5) == left_us[1_500:]
print(f"with the rule itself: accuracy {best.mean():.3f}")

# %% churn_predict
predicted = churn_model.predict(test, verbose=0)[:, 0]
went = left_us[1_500:] == 1

print(predicted.shape)
print(f"mean for those who left:   {predicted[went].mean():.3f}")
print(f"mean for those who stayed: {predicted[~went].mean():.3f}")

# %% exercise_1_solution
support = keras.Input(shape=(5,), name="support")
s = layers.Dense(6, activation="relu", name="support_1")(support)

y = layers.concatenate([v, c, s], name="all_joined")
y = layers.Dense(10, activation="relu", name="all_1")(y)
y = layers.Dense(10, activation="relu", name="all_2")(y)
leaves_too = layers.Dense(1, activation="sigmoid", name="leaves_too")(y)

exercise_model = keras.Model([viewing, customer, support], leaves_too)

# %% exercise_1_check
sizes = {tensor.name: tensor.shape[1] for tensor in exercise_model.inputs}
assert sizes == {"viewing": 10, "customer": 8, "support": 5}, sizes
count = exercise_model.count_params()
assert count == 986, f"{count} parameters instead of 986"

# known weights for a moment: the first unit of a layer gives minus the sum
# of its inputs, the second the sum, and no other unit gives anything
kept = exercise_model.get_weights()
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0], kernel[:, 1:2] = -1, 1
exercise_model.set_weights(known)

# let one input speak at a time: ReLU leaves its sum as it is
zeros = {name: np.zeros((1, size)) for name, size in sizes.items()}
found = {}
for name, size in sizes.items():
    spoken = zeros | {name: np.full((1, size), 2 / size)}
    found[name] = ops.convert_to_numpy(exercise_model(spoken))
exercise_model.set_weights(kept)

right = 1 / (1 + np.exp(2))
for name, answer in found.items():
    wrong = f"{answer} instead of {right:.3f} when only {name!r} speaks"
    assert np.allclose(answer, right, atol=1e-3), wrong
print("Exercise 1 is right: three inputs, 986 parameters.")
