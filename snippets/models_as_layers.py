# %% imports
import keras
import numpy as np
from keras import layers, ops
from keras.applications import xception

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

# %% reader
reading = keras.Input(shape=(12,), name="reading")
seen = layers.Dense(8, activation="relu", name="seen")(reading)
digest = layers.Dense(4, name="digest")(seen)

reader = keras.Model(reading, digest, name="reader")
print(f"{reader.count_params()} parameters")

# %% call_a_model
x = keras.Input(shape=(12,), name="x")
y = reader(x)
print(type(y).__name__, y.shape)

batch = rng.normal(size=(3, 12))
values = reader(batch)
print(values.shape)

same = ops.allclose(values, reader.predict(batch, verbose=0), atol=1e-6)
print("same as predict:", bool(same))

# %% grade
hidden = layers.Dense(6, activation="relu", name="hidden")(y)
grade = layers.Dense(1, name="grade")(hidden)

grader = keras.Model(x, grade, name="grader")
grader.summary()

# %% expanded
grader.summary(expand_nested=True)

# %% inside
inner = grader.get_layer("reader")
print(inner is reader)
print([layer.name for layer in inner.layers])

# %% two_in_two_out
first = keras.Input(shape=(3,), name="first")
second = keras.Input(shape=(3,), name="second")
total = layers.add([first, second], name="total")
gap = layers.subtract([first, second], name="gap")

totals = keras.Model([first, second], [total, gap], name="totals")

# %% call_two
x1 = np.array([[10.0, 20.0, 30.0]])
x2 = np.array([[1.0, 2.0, 3.0]])

y1, y2 = totals([x1, x2])
print(ops.convert_to_numpy(y1))
print(ops.convert_to_numpy(y2))

# %% call_by_name
z1, z2 = totals({"second": x2, "first": x1})
print("same totals:", bool(ops.all(y1 == z1)))
print("same gaps:  ", bool(ops.all(y2 == z2)))

# %% one_too_few tags=["raises-exception"] active="ipynb"
# totals(x1)

# %% call_twice
today = keras.Input(shape=(12,), name="today")
yesterday = keras.Input(shape=(12,), name="yesterday")

# the same model is called on both
pair = layers.concatenate([reader(today), reader(yesterday)])
twice = keras.Model([today, yesterday], pair)
print(f"called twice: {twice.count_params()} parameters")


# %% make_two
def make_reader():
    words = keras.Input(shape=(12,))
    middle = layers.Dense(8, activation="relu")(words)
    return keras.Model(words, layers.Dense(4)(middle))


# two models are made, and each is called once
two = layers.concatenate([make_reader()(today), make_reader()(yesterday)])
separate = keras.Model([today, yesterday], two)
print(f"made twice:   {separate.count_params()} parameters")

# %% same_for_both
week = rng.normal(size=(1, 12))
by_one = ops.convert_to_numpy(twice([week, week]))
by_two = ops.convert_to_numpy(separate([week, week]))

print("called twice:", np.allclose(by_one[:, :4], by_one[:, 4:]))
print("made twice:  ", np.allclose(by_two[:, :4], by_two[:, 4:]))

# %% preprocess
pixels = np.array([[0.0, 127.5, 255.0]])
print(xception.preprocess_input(pixels.copy()))

rescale = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")
print(ops.convert_to_numpy(rescale(pixels)))

# %% xception
# without weights nothing is downloaded, and nothing is known yet
eye = keras.applications.Xception(
    weights=None,
    include_top=False,
    input_shape=(250, 250, 3),
    name="eye",
)
print(len(eye.layers), "layers")
print(f"{eye.count_params():,} parameters")

# %% cameras
left = keras.Input(shape=(250, 250, 3), name="left")
right = keras.Input(shape=(250, 250, 3), name="right")

left_seen = eye(rescale(left))
right_seen = eye(rescale(right))
both_seen = layers.concatenate([left_seen, right_seen], name="both")

cameras = keras.Model([left, right], both_seen, name="cameras")
print("one camera:", left_seen.shape)
print("joined:    ", both_seen.shape)
print(f"{cameras.count_params():,} parameters")

# %% distance
pooled = layers.GlobalAveragePooling2D(name="pooled")(both_seen)
distance = layers.Dense(1, name="distance")(pooled)

distance_model = keras.Model([left, right], distance)
print(f"{distance_model.count_params():,} parameters")

# %% one_photo
photo = rng.integers(0, 256, size=(1, 250, 250, 3)).astype("float32")
seen_twice = ops.convert_to_numpy(cameras([photo, photo]))
print(seen_twice.shape)

by_left, by_right = np.split(seen_twice, 2, axis=-1)
print("both cameras agree:", np.allclose(by_left, by_right))

# %% overwritten tags=["raises-exception"] active="ipynb"
# left_in = keras.Input(shape=(12,), name="left_in")
# right_in = keras.Input(shape=(12,), name="right_in")
#
# left_out = reader(left_in)
# right_in = reader(right_in)
#
# merged = layers.concatenate([left_out, right_in])
# keras.Model([left_in, right_in], merged)


# %% freeze
def count(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


for trainable in [True, False]:
    eye.trainable = trainable
    print(f"eye.trainable = {trainable}")
    print(f"  trained: {count(distance_model.trainable_variables):>10,}")
    print(f"  kept:    {count(distance_model.non_trainable_variables):>10,}")

# %% freeze_fit
facts, marks = rng.normal(size=(64, 12)), rng.normal(size=(64, 1))

reader.trainable = False
before = grader.get_weights()

grader.compile(optimizer="adam", loss="mse")
history = grader.fit(facts, marks, verbose=0)

after = grader.get_weights()
for variable, old, new in zip(grader.weights, before, after):
    moved = not np.array_equal(old, new)
    print(f"{variable.path:<20} {'moved' if moved else 'kept'}")


# %% freeze_too_late
def hidden_moves(compile_again):
    late = keras.models.clone_model(grader)
    late.compile(optimizer="adam", loss="mse")
    late.fit(facts, marks, verbose=0)

    hidden_layer = late.get_layer("hidden")
    hidden_layer.trainable = False
    if compile_again:
        late.compile(optimizer="adam", loss="mse")

    before, _ = hidden_layer.get_weights()
    late.fit(facts, marks, verbose=0)
    after, _ = hidden_layer.get_weights()
    return not np.array_equal(before, after)


try:
    print("moves without a new compile:", hidden_moves(False))
except ValueError as error:
    print("ValueError:", str(error).partition(". ")[0])
print("moves after a new compile:  ", hidden_moves(True))

# %% measurements
# twenty readings that come from three hidden causes
causes = rng.normal(size=(1_500, 3))
mix = rng.normal(size=(3, 20))
noise = rng.normal(scale=0.3, size=(1_500, 20))
readings = causes @ mix + noise
noise, readings = noise / readings.std(), readings / readings.std()

known, fresh = readings[:1_000], readings[1_000:]
print(known.shape, fresh.shape)
print(f"always the mean: {np.mean((fresh - known.mean(axis=0)) ** 2):.3f}")
print(f"the noise alone: {np.mean(noise**2):.3f}")

# %% autoencoder
signal = keras.Input(shape=(20,), name="signal")
inward = layers.Dense(16, activation="relu", name="inward")(signal)
code = layers.Dense(3, name="code")(inward)
outward = layers.Dense(16, activation="relu", name="outward")(code)
copy = layers.Dense(20, name="copy")(outward)

encoder = keras.Model(signal, code, name="encoder")
autoencoder = keras.Model(signal, copy, name="autoencoder")
print("encoder:    ", encoder.count_params())
print("autoencoder:", autoencoder.count_params())

# %% train_autoencoder
untrained = encoder.predict(fresh, verbose=0)

autoencoder.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
history = autoencoder.fit(known, known, batch_size=50, epochs=20, verbose=0)

rest = autoencoder.evaluate(fresh, fresh, verbose=0)
print(f"error on fresh readings: {rest:.2f}")

# %% narrow
for size in [1, 2]:
    keras.utils.set_random_seed(0)
    h = layers.Dense(16, activation="relu")(signal)
    h = layers.Dense(16, activation="relu")(layers.Dense(size)(h))
    narrow = keras.Model(signal, layers.Dense(20)(h))
    narrow.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    narrow.fit(known, known, batch_size=50, epochs=20, verbose=0)
    rest = narrow.evaluate(fresh, fresh, verbose=0)
    print(f"code of {size}: error {rest:.1f}")

# %% both_trained
trained = encoder.predict(fresh, verbose=0)
print(trained.shape)
print("the encoder has changed:", not np.allclose(untrained, trained))

# %% decoder
decoder = keras.Model(code, copy, name="decoder")
print("decoder:", decoder.input_shape, "->", decoder.output_shape)
print(f"{decoder.count_params()} parameters")

decoded = decoder.predict(trained, verbose=0)
copied = autoencoder.predict(fresh, verbose=0)
print("same copy:", np.allclose(decoded, copied, atol=1e-5))

# %% chained
chain_in = keras.Input(shape=(20,), name="chain_in")
chain = keras.Model(chain_in, decoder(encoder(chain_in)), name="chain")
print([layer.name for layer in chain.layers])

chained = chain.predict(fresh, verbose=0)
print("same copy:", np.allclose(chained, copied, atol=1e-5))

# %% points
# ten classes: each has a centre, and every sample is a centre plus noise
centres = rng.normal(size=(10, 30))
classes = rng.integers(0, 10, size=1_300)
points = centres[classes] + rng.normal(scale=2, size=(1_300, 30))
points = points / points.std()

x_train, y_train = points[:300], classes[:300]
x_test, y_test = points[300:], classes[300:]
print(x_train.shape, x_test.shape)


# %% members
def make_member(name):
    inputs = keras.Input(shape=(30,))
    wide = layers.Dense(64, activation="relu")(inputs)
    outputs = layers.Dense(10, activation="softmax")(wide)
    return keras.Model(inputs, outputs, name=name)


def compile_it(classifier):
    classifier.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


def score(classifier):
    result = classifier.evaluate(x_test, y_test, return_dict=True, verbose=0)
    print(f"{classifier.name}: loss {result['loss']:.2f}")
    print(f"  accuracy {result['accuracy']:.3f}")
    return result


ada, bea, cid = make_member("ada"), make_member("bea"), make_member("cid")
results = []
for member in [ada, bea, cid]:
    compile_it(member)
    member.fit(x_train, y_train, epochs=15, verbose=0)
    results.append(score(member))

# %% ensemble
sample = keras.Input(shape=(30,), name="sample")
votes = [member(sample) for member in [ada, bea, cid]]
mean_vote = layers.average(votes, name="mean_vote")

ensemble = keras.Model(sample, mean_vote, name="ensemble")
compile_it(ensemble)
together = score(ensemble)

mean_loss = np.mean([result["loss"] for result in results])
print(f"mean of the three losses {mean_loss:.2f}")

# %% ensemble_count
print(f"{ada.count_params():,} parameters in one member")
print(f"{ensemble.count_params():,} parameters in the ensemble")

# %% exercise_1_solution
days = [keras.Input(shape=(12,), name=f"day_{i}") for i in (1, 2, 3)]

reader.trainable = False
digests = layers.concatenate([reader(day) for day in days])
mood = layers.Dense(5, activation="softmax", name="mood")(digests)

exercise_model = keras.Model(days, mood)

# %% exercise_1_check
names = sorted(tensor.name for tensor in exercise_model.inputs)
assert names == ["day_1", "day_2", "day_3"], names
assert reader in exercise_model.layers, "the reader is not in the model"

total_count = exercise_model.count_params()
assert total_count == 205, f"{total_count} parameters instead of 205"
trained_count = count(exercise_model.trainable_variables)
assert trained_count == 65, f"{trained_count} trained instead of 65"

# known weights for a moment: the first unit of a layer gives the sum of its
# inputs, and no other unit gives anything
kept = exercise_model.get_weights()
known = [np.zeros_like(weight) for weight in kept]
for kernel in known:
    if kernel.ndim == 2:
        kernel[:, 0] = 1
exercise_model.set_weights(known)

# let one day speak at a time: the output must notice each of them
zeros = {name: np.zeros((1, 12)) for name in names}
found = {}
for name in names:
    spoken = zeros | {name: np.full((1, 12), 1 / 6)}
    found[name] = ops.convert_to_numpy(exercise_model(spoken))
exercise_model.set_weights(kept)

powers = np.exp([2, 0, 0, 0, 0])
right = powers / powers.sum()
for name, answer in found.items():
    wrong = f"{answer} instead of {right} when only {name!r} speaks"
    assert np.allclose(answer, right, atol=1e-3), wrong
print("Exercise 1 is right: 205 parameters, 65 of them trained.")
