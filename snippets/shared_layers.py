# %% imports
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% siamese
left = keras.Input(shape=(None, 128), name="left")
right = keras.Input(shape=(None, 128), name="right")

# one layer, called twice
encoder = layers.LSTM(32, name="encoder")
left_code = encoder(left)
right_code = encoder(right)

both = layers.concatenate([left_code, right_code], name="both")
score = layers.Dense(1, activation="sigmoid", name="score")(both)

siamese = keras.Model([left, right], score)
print("both:", both.shape)
print(f"encoder {encoder.count_params():,} parameters")
print(f"model   {siamese.count_params():,} parameters")

# %% two_encoders
# two layers, each called once
first_code = layers.LSTM(32, name="first_encoder")(left)
second_code = layers.LSTM(32, name="second_encoder")(right)

pair = layers.concatenate([first_code, second_code], name="pair")
pair_score = layers.Dense(1, activation="sigmoid", name="pair_score")(pair)

two_encoders = keras.Model([left, right], pair_score)
print(f"{two_encoders.count_params():,} parameters")

# %% same_code
a = rng.normal(size=(4, 6, 128))
b = rng.normal(size=(4, 6, 128))

left_end = keras.Model(left, left_code)
right_end = keras.Model(right, right_code)
first_end = keras.Model(left, first_code)
second_end = keras.Model(right, second_code)


def same(one, other):
    return bool(ops.allclose(one(a), other(a), atol=1e-6))


print("one shared encoder, same code:", same(left_end, right_end))
print("two encoders, same code:      ", same(first_end, second_end))


# %% not_symmetric
def scores(model, one, other):
    return ops.convert_to_numpy(model([one, other]))[:, 0]


print("f(A, B)", scores(siamese, a, b).round(2))
print("f(B, A)", scores(siamese, b, a).round(2))
print("f(A, A)", scores(siamese, a, a).round(2))

# %% symmetric_head
difference = ops.absolute(left_code - right_code)
product = layers.multiply([left_code, right_code], name="product")
compared = layers.concatenate([difference, product], name="compared")
alike = layers.Dense(1, activation="sigmoid", name="alike")(compared)

symmetric = keras.Model([left, right], alike)
print(f"{symmetric.count_params():,} parameters")

# %% symmetric_scores
there = scores(symmetric, a, b)
back = scores(symmetric, b, a)
print("f(A, B)", there.round(2))
print("f(B, A)", back.round(2))
print("largest difference:", np.abs(there - back).max())

# %% cosine
codes = [left_code, right_code]
cosine = layers.dot(codes, axes=1, normalize=True, name="cosine")

cosine_model = keras.Model([left, right], cosine)
print(f"{cosine_model.count_params():,} parameters")
print("f(A, A)", scores(cosine_model, a, a).round(2))
print("f(A, B)", scores(cosine_model, a, b).round(2))

# %% sentences
# fifty ideas, each with a direction of its own
ideas = rng.normal(size=(50, 128))


def say(meanings):
    # every telling finds slightly different words
    noise = rng.normal(scale=0.3, size=meanings.shape + (128,))
    return ideas[meanings] + noise


meanings = rng.integers(0, 50, size=(400, 6))
print(meanings[0])
print(say(meanings).shape)


# %% pairs
def make_pairs(meanings):
    others = np.roll(meanings, 1, axis=0)
    # every meaning is told once in a matching pair, once in another
    one = say(np.concatenate([meanings, meanings]))
    other = say(np.concatenate([meanings, others]))
    match = np.repeat([1.0, 0.0], len(meanings))
    return {"left": one, "right": other}, match


train_pairs, train_match = make_pairs(meanings[:300])
test_pairs, test_match = make_pairs(meanings[300:])
print(train_pairs["left"].shape, test_pairs["left"].shape)
print("share of matching pairs:", train_match.mean())

# %% not_compiled tags=["raises-exception"] active="ipynb"
# symmetric.fit(train_pairs, train_match, verbose=0)


# %% train
def train(model):
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        train_pairs, train_match, batch_size=50, epochs=5, verbose=0
    )
    result = model.evaluate(
        test_pairs, test_match, return_dict=True, verbose=0
    )
    losses = history.history["loss"]
    print(f"training loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    print(f"new sentences: accuracy {result['accuracy']:.3f}")


train(symmetric)

# %% same_sentence
sentence = test_pairs["left"][:3]
print("f(A, A)", scores(symmetric, sentence, sentence).round(3))

# %% train_two_encoders
two_difference = ops.absolute(first_code - second_code)
two_product = layers.multiply([first_code, second_code])
two_compared = layers.concatenate([two_difference, two_product])
two_alike = layers.Dense(1, activation="sigmoid")(two_compared)

two_symmetric = keras.Model([left, right], two_alike)
print(f"{two_symmetric.count_params():,} parameters")
train(two_symmetric)

# %% train_concatenated
# a clone has new weights: the encoder of siamese is trained already
plain = keras.models.clone_model(siamese)
print(f"{plain.count_params():,} parameters")
train(plain)


# %% additive
def logits(model, one, other):
    score = scores(model, one, other)
    return np.log(score / (1 - score))


for name, model in [("concatenated", siamese), ("symmetric", symmetric)]:
    matching = logits(model, a, a) + logits(model, b, b)
    crossed = logits(model, a, b) + logits(model, b, a)
    print(f"{name}: {np.allclose(matching, crossed, atol=1e-3)}")

# %% dialogue
# eight new sentences; three of them repeat an earlier one
who_says_what = [0, 1, 2, 0, 3, 1, 4, 2]
dialogue = say(meanings[300:][who_says_what])

earlier, later = np.triu_indices(len(dialogue), k=1)
repeats = scores(symmetric, dialogue[earlier], dialogue[later])
print(len(repeats), "pairs")

# most pairs repeat nothing, so only a high score counts
for i, j, repeat in zip(earlier, later, repeats):
    if repeat > 0.9:
        print(f"lines {i} and {j}: {repeat:.3f}")

# %% encode_once
codes_once = left_end.predict(dialogue, verbose=0)
print(codes_once.shape)

left_vector = keras.Input(shape=(32,))
right_vector = keras.Input(shape=(32,))
gap = ops.absolute(left_vector - right_vector)
overlap = layers.multiply([left_vector, right_vector])
judged = symmetric.get_layer("alike")(layers.concatenate([gap, overlap]))

judge = keras.Model([left_vector, right_vector], judged)
quick = scores(judge, codes_once[earlier], codes_once[later])
print("same scores:", np.allclose(quick, repeats, atol=1e-5))

# %% nodes
siamese.summary()

# %% first_node_only
print("encoder.input is left:       ", encoder.input is left)
print("encoder.output is left_code: ", encoder.output is left_code)
print("encoder.output is right_code:", encoder.output is right_code)

# %% all_nodes
for node in encoder._inbound_nodes:
    (source,) = node.input_tensors
    (result,) = node.outputs
    print(source.name, source.shape, "->", result.shape)

# %% save
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "symmetric.keras"
    symmetric.save(path)
    loaded = keras.models.load_model(path)

print(f"{loaded.count_params():,} parameters")
same_scores = np.allclose(scores(loaded, a, b), scores(symmetric, a, b))
print("same scores:", same_scores)

# %% still_shared
loaded_encoder = loaded.get_layer("encoder")
loaded_encoder.set_weights([0 * w for w in encoder.get_weights()])

# an encoder of zeros gives the code zero, to the left and to the right
print("a score for every pair:", np.ptp(scores(symmetric, a, b)) > 0)
print("one score for all:     ", np.ptp(scores(loaded, a, b)) == 0)

# %% no_ending tags=["raises-exception"] active="ipynb"
# symmetric.save("symmetric")

# %% exercise_1_solution
said = keras.Input(shape=(None,), dtype="int32", name="said")
asked = keras.Input(shape=(None,), dtype="int32", name="asked")

word_vectors = layers.Embedding(5_000, 32, name="word_vectors")
reader = layers.LSTM(16, name="reader")
said_code = reader(word_vectors(said))
asked_code = reader(word_vectors(asked))

far = ops.absolute(said_code - asked_code)
near = layers.multiply([said_code, asked_code], name="near")
facts = layers.concatenate([far, near], name="facts")
repeated = layers.Dense(1, activation="sigmoid", name="repeated")(facts)

exercise_model = keras.Model([said, asked], repeated)

# %% exercise_1_check
count = exercise_model.count_params()
assert count == 163_169, f"{count:,} parameters instead of 163,169"
kinds = [(tensor.shape, tensor.dtype) for tensor in exercise_model.inputs]
assert kinds == 2 * [((None, None), "int32")], f"the inputs are {kinds}"

# known weights for a moment: a word is 32 times the same number, and its
# code is 16 times the same number
value = np.linspace(-3, 3, 5_000)
kept = exercise_model.get_weights()
known = [np.full_like(w, 1 / 32 if w.ndim == 2 else 0) for w in kept]
for weight in known:
    if len(weight) == 5_000:
        weight[:] = value[:, np.newaxis]
    elif weight.shape == (32, 1):
        # the first half counts twice
        weight[:16] *= 2
exercise_model.set_weights(known)


def ask(*sentences):
    # a list or a dict, as the model takes its inputs
    pair = keras.tree.pack_sequence_as(exercise_model.input, sentences)
    outputs = exercise_model(pair)
    return ops.convert_to_numpy(outputs)[:, 0]


one, other = np.array([[4_999], [4_999]]), np.array([[1], [3_000]])
there, back = ask(one, other), ask(other, one)
exercise_model.set_weights(kept)
assert np.allclose(there, back, atol=1e-3), "f(A, B) is not f(B, A)"

# what an LSTM does with its first word
gates = 1 / (1 + np.exp(-value))
code = gates * np.tanh(gates * np.tanh(value))
a, b = code[one[:, 0]], code[other[:, 0]]
far, near = np.abs(a - b), a * b
# either of the two may have been joined first
ways = 1 / (1 + np.exp([-far - near / 2, -far / 2 - near]))
right = any(np.allclose(there, way, atol=1e-3) for way in ways)
assert right, f"{there} instead of {ways[0]} or {ways[1]}"
print("Exercise 1 is right: 163,169 parameters, and a symmetric score.")
