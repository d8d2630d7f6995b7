# %% imports
import warnings

import keras
import numpy as np
from keras import layers

print("Keras", keras.__version__)

# %% no_path
wanted, unrelated = keras.Input(shape=(8,)), keras.Input(shape=(8,))
broken = keras.Model(unrelated, layers.Dense(2)(wanted))
print("made:", len(broken.layers), "layers")

# %% no_path_late
try:
    broken.predict(np.ones((1, 8)), verbose=0)
except Exception as error:
    print(type(error).__name__)

# %% names_ignored
income = keras.Input(shape=(1,), name="income")
costs = keras.Input(shape=(1,), name="costs")
profit = keras.Model(
    [income, costs], layers.subtract([income, costs]), name="profit"
)
earned, spent = np.array([[10.0]]), np.array([[3.0]])
with warnings.catch_warnings(record=True) as caught:
    print(profit.predict({"income": earned, "costs": spent}, verbose=0))
for warning in caught:
    print(warning.message)

# %% names_kept
by_name = keras.Model(
    {"income": income, "costs": costs},
    layers.subtract([income, costs]),
)
print(by_name.predict({"income": earned, "costs": spent}, verbose=0))
