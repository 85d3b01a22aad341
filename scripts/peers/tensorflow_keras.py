"""The paper's network in TensorFlow and Keras: channels last, oneDNN, Adam with AMSGrad, one graph for each step."""

import os

import peer

asked = peer.arguments()
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.utils.set_random_seed(0)
if asked.precision == "bf16":
    keras.mixed_precision.set_global_policy("mixed_bfloat16")

layers = keras.layers
inputs = x = layers.Input((peer.WIDTH, peer.WIDTH, peer.WIDTH, 1))
for number, channels in enumerate(peer.CHANNELS):
    x = layers.Conv3D(channels, 3, padding="same")(x)
    if number > 0:
        x = layers.MaxPooling3D(2, 2, padding="same")(x)
    x = layers.LeakyReLU(negative_slope=peer.SLOPE)(x)
x = layers.Flatten()(x)
for count in peer.HIDDEN:
    x = layers.LeakyReLU(negative_slope=peer.SLOPE)(layers.Dense(count)(x))
network = keras.Model(inputs, layers.Dense(1, dtype="float32")(x))
assert network.count_params() == peer.PARAMETERS
optimizer = keras.optimizers.Adam(5e-5, amsgrad=True)
optimizer.build(network.trainable_variables)
box = tf.random.normal((asked.batch, peer.WIDTH, peer.WIDTH, peer.WIDTH, 1))
truth = tf.random.normal((asked.batch, 1))


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        difference = network(box, training=True) - truth
        loss = tf.reduce_mean(tf.math.log1p(difference**2))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss


@tf.function
def predict_step():
    return network(box, training=False)


step = train_step if asked.mode == "training" else predict_step
peer.serve(f"TensorFlow {tf.__version__}, Keras {keras.__version__}", lambda: step().numpy(), asked.batch)
