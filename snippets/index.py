# %% first_model
import keras
from keras import layers

keras.utils.set_random_seed(0)

# the temperatures of the last seven days
week = keras.Input(shape=(7,), name="week")
patterns = layers.Dense(16, activation="relu", name="patterns")(week)
joined = layers.concatenate([week, patterns], name="joined")
tomorrow = layers.Dense(1, name="tomorrow")(joined)

forecast_model = keras.Model(week, tomorrow, name="forecast")
forecast_model.summary()

# %% call_it
import numpy as np

three_weeks = np.random.default_rng(0).normal(size=(3, 7))
forecasts = forecast_model.predict(three_weeks, verbose=0)
print(three_weeks.shape, "->", forecasts.shape)

# %% garment
metadata = keras.Input(shape=(12,), name="metadata")
text = keras.Input(shape=(None,), dtype="int32", name="text")
photo = keras.Input(shape=(64, 64, 3), name="photo")

facts = layers.Dense(16, activation="relu", name="facts")(metadata)

words = layers.Embedding(5_000, 16, name="words")(text)
wording = layers.LSTM(16, name="wording")(words)

shapes = layers.Conv2D(16, 3, activation="relu", name="shapes")(photo)
look = layers.GlobalMaxPooling2D()(shapes)

garment = layers.concatenate([facts, wording, look], name="garment")
weighed = layers.Dense(16, activation="relu", name="weighed")(garment)
price = layers.Dense(1, name="price")(weighed)

garment_model = keras.Model([metadata, text, photo], price)
print("inputs:", [tensor.name for tensor in garment_model.inputs])
print("outputs:", garment_model.output_names)

# %% novel
novel = keras.Input(shape=(None,), dtype="int32", name="novel")
novel_words = layers.Embedding(5_000, 32, name="novel_words")(novel)
story = layers.LSTM(32, name="story")(novel_words)

genre = layers.Dense(8, activation="softmax", name="genre")(story)
year = layers.Dense(1, name="year")(story)

novel_model = keras.Model(novel, [genre, year])
print("inputs:", [tensor.name for tensor in novel_model.inputs])
print("outputs:", novel_model.output_names)

# %% branches
features = keras.Input(shape=(28, 28, 8), name="features")
# two ways to look at the same features: a small window and a larger one
fine = layers.Conv2D(4, 3, padding="same", name="fine")(features)
coarse = layers.Conv2D(4, 5, padding="same", name="coarse")(features)

both = layers.concatenate([fine, coarse], name="both")
rejoined = layers.add([features, both], name="rejoined")

branch_model = keras.Model(features, rejoined)
print("input: ", branch_model.input_shape)
print("output:", branch_model.output_shape)
